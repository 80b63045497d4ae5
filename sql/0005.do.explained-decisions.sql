-- Why: every decision can be explained and made again from what was recorded with it; drills are marked as such.
-- Decisions of earlier versions have none of it.

ALTER TABLE decisions
  ADD COLUMN drill     boolean NOT NULL DEFAULT false,
  ADD COLUMN not_tried jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN situation jsonb;
