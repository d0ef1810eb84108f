//! The Merkle tree of RFC 6962, section 2.1: hashes, roots, inclusion and consistency proofs. Pure.

use super::entry::Hash;
use sha2::{Digest, Sha256};

/// Hash of a leaf: SHA-256 of 0x00 and the leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// Hash of an inner node: SHA-256 of 0x01, left and right.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}
