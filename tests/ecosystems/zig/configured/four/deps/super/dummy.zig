//! An empty object: it exists only so that something of the module can depend on a run step.
