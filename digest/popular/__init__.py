"""Access logs and exports of analytics services → how often each entry was read, for the block "most read".

Files are read (`files`), their lines recognised (`formats`, `exports`), requests led to entries (`routes`), robots told
from readers (`robots`), reads tallied chunk by chunk (`tally`) and worked out at the end (`totals`). What comes out is
counts alone: no address and no agent of a reader outlives the chunk of lines it stands in.
"""
