"""Play phones and server against each other: one scheduler, one seed, the shipped code on both sides.

    run.py        `make sim`: starts the workers, gathers what they found
    worker.py     one server in a long-lived process, asked over two pipes by the phones' process
    phone/        the phones' side: the shipped store, core and engine; the scheduler that decides everything (TypeScript)

The phones' process leads: it draws every decision from the seed and asks this side for one thing at a time.
"""
