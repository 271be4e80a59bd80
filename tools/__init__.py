"""Scripts that set up, build and check the project. They need Python and nothing installed, unless they say so."""
