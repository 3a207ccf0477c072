"""Packs a folder reproducibly: pack.py FOLDER ARCHIVE.tar.gz. The same files give the same bytes, whoever packs them."""

import gzip
import os
import sys
import tarfile


def plain(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def main(folder, archive):
    with open(archive, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for root, folders, files in os.walk(folder):
                folders.sort()
                for name in sorted(files):
                    path = os.path.join(root, name)
                    tar.add(path, os.path.relpath(path, folder), filter=plain)


main(*sys.argv[1:])
