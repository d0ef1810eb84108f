//! Agencies, units, positions and people, each with its dates.
