# POSIX scripts for a server. Each can run twice, since a connection may break after it has succeeded.

#: look: the release that is online, and its manifest
cd {path} 2>/dev/null || exit 0
if [ -e current ] && ! [ -L current ]; then exit 76; fi
readlink current 2>/dev/null || exit 0
cat current/{manifest} 2>/dev/null || true

#: open: a new release, of links to the present one
set -e
umask 022
mkdir -p {path}/releases
cd {path}
rm -rf releases/.resumed
if [ -d releases/.incoming ]; then mv releases/.incoming releases/.resumed; echo resumed; fi
if [ -L current ]; then
  before=$(readlink current)
  rsync -a --link-dest="$PWD/$before/" "$before/" releases/.incoming/
else
  mkdir releases/.incoming
fi

#: reuse: take what an interrupted deploy had sent
cd {path}/releases && rsync -rt --ignore-missing-args --from0 --files-from=- .resumed/ .incoming/ 2>/dev/null || true

#: delete: delete files of the new release
cd {path}/releases/.incoming && tr '\n' '\0' | xargs -0 rm -f --

#: prune_folders: delete folders that are empty now
cd {path}/releases/.incoming && tr '\n' '\0' | xargs -0 rmdir -- 2>/dev/null || true

#: switch: point the link to the new release, unless somebody moved it
set -e
cd {path}
before=$(readlink current || true)
if [ "$before" != releases/{release} ]; then
  if [ "$before" != {before} ]; then exit 75; fi
  if [ -d releases/.incoming ]; then mv releases/.incoming releases/{release}; fi
  [ -d releases/{release} ]
  rm -f .current.new
  ln -s releases/{release} .current.new
  mv -fT .current.new current 2>/dev/null || mv -fh .current.new current
fi
rm -rf releases/.resumed

#: prune: delete the oldest releases; follows switch
cd releases && ls -1 | grep -E {pattern} | grep -vxF {release} | sort -r | tail -n +{first} |
while read -r name; do rm -rf "./$name"; done

#: read: the manifest of a release
cat {path}/releases/{release}/{manifest} 2>/dev/null || true

#: carry: link fingerprinted files of the present release into an earlier one
set -e
cd {path}/releases
rm -rf .incoming
if [ -d {before} ]; then
  rsync -a --from0 --files-from=- --ignore-existing --link-dest="$PWD"/{before}/ {before}/ {release}/
fi

#: note: write the manifest of a release
set -e
cd {path}/releases/{release}
cat > .digest-manifest.part
mv -f .digest-manifest.part {manifest}

#: list: the release that is online, then all of them
cd {path} 2>/dev/null || exit 0
readlink current 2>/dev/null || echo
ls -1 releases | grep -E {pattern} | sort
