"""Backups of an installation: database and photos in one folder, taken, proven, put back and pruned.

<backups>/files/<tenant>/<received|clean>/<sha256>   photo files, shared by all backups
<backups>/rond-<time>/database.sqlite3 or .dump      a consistent copy
<backups>/rond-<time>/manifest.json                  what the backup holds; written last
<backups>/rond-<time>/verdict.json                   what the newest verification found
<backups>/.unfinished-…                              being made or removed; never taken for a backup
"""
