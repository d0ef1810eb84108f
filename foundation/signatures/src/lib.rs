//! Electronic signatures as formats: CMS, PDF, XML and ASiC are read, made and judged here, with no I/O and no clock.

pub mod pdf;
