-- What central asks for again and this terminal has forgotten is looked for with every batch: an index spares
-- it a walk through all that waits. Written when an event is forgotten, never when one is appended.

CREATE INDEX forgotten ON journal (sequence) WHERE body IS NULL;
