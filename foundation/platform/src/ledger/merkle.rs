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

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The right edge of a tree: the roots of its perfect subtrees, left to right. Enough to add leaves and to tell the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// Rebuilds the edge of a tree of `size` leaves from its bytes; `None` when they do not fit.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (roots, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && roots.len() == size.count_ones() as usize).then(|| Self { size, roots: roots.to_vec() })
    }

    /// The roots, 32 bytes each.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.concat()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and tells every perfect subtree that is complete now: (level, its hash), the leaf itself at level 0.
    pub fn push(&mut self, leaf: Hash, mut complete: impl FnMut(u32, Hash)) {
        complete(0, leaf);
        let mut node = leaf;
        for level in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                node = node_hash(&left, &node);
                complete(level + 1, node);
            }
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            Some(last) => roots.fold(*last, |right, left| node_hash(left, &right)),
            None => empty_root(),
        }
    }
}

/// Where proofs get the hash of the perfect subtree number `index` of 2^`level` leaves.
pub trait Nodes {
    /// Why a hash cannot be had.
    type Error;
    /// The hash.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root over the leaves `begin..end` (`begin < end`), as RFC 6962 nests them.
pub fn range_root<N: Nodes>(begin: u64, end: u64, nodes: &mut N) -> Result<Hash, N::Error> {
    let width = end - begin;
    if width.is_power_of_two() && begin.is_multiple_of(width) {
        return nodes.node(width.trailing_zeros(), begin / width);
    }
    let middle = begin + split(width);
    let left = range_root(begin, middle, nodes)?;
    Ok(node_hash(&left, &range_root(middle, end, nodes)?))
}

/// Proof that leaf `index` stands in the tree of `size` leaves (RFC 6962, section 2.1.1).
pub fn inclusion_proof<N: Nodes>(index: u64, size: u64, nodes: &mut N) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    let (mut begin, mut end) = (0, size);
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            proof.push(range_root(middle, end, nodes)?);
            end = middle;
        } else {
            proof.push(range_root(begin, middle, nodes)?);
            begin = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Proof that the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 6962, section 2.1.2).
pub fn consistency_proof<N: Nodes>(old: u64, new: u64, nodes: &mut N) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut begin, mut end, mut whole) = (0, new, true);
    while end != old {
        let middle = begin + split(end - begin);
        if old <= middle {
            proof.push(range_root(middle, end, nodes)?);
            end = middle;
        } else {
            proof.push(range_root(begin, middle, nodes)?);
            begin = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(range_root(begin, end, nodes)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks an inclusion proof (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut node) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            node = node_hash(step, &node);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = node_hash(&node, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

/// Checks a consistency proof (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    let mut steps = proof.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut before, mut after) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            before = node_hash(step, &before);
            after = node_hash(step, &after);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            after = node_hash(&after, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && before == *old_root && after == *new_root
}

/// The largest power of two below `width` (at least 2).
fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of RFC 6962 word by word, over all leaves.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            many => {
                let middle = split(many.len() as u64) as usize;
                node_hash(&naive_root(&many[..middle]), &naive_root(&many[middle..]))
            }
        }
    }

    fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let middle = split(leaves.len() as u64) as usize;
        let (left, right) = leaves.split_at(middle);
        let (mut path, other) =
            if index < middle { (naive_path(index, left), right) } else { (naive_path(index - middle, right), left) };
        path.push(naive_root(other));
        path
    }

    fn naive_subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if whole { Vec::new() } else { vec![naive_root(leaves)] };
        }
        let middle = split(leaves.len() as u64) as usize;
        let (left, right) = leaves.split_at(middle);
        let (mut proof, other) = if old <= middle {
            (naive_subproof(old, left, whole), right)
        } else {
            (naive_subproof(old - middle, right, false), left)
        };
        proof.push(naive_root(other));
        proof
    }

    struct Naive<'a>(&'a [Hash]);
    impl Nodes for Naive<'_> {
        type Error = std::convert::Infallible;
        fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error> {
            let (begin, width) = ((index << level) as usize, 1_usize << level);
            Ok(naive_root(&self.0[begin..begin + width]))
        }
    }

    fn leaves(size: usize) -> Vec<Hash> {
        (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    #[test]
    fn known_roots() {
        // RFC 6962 test vectors as used by the certificate-transparency implementations.
        assert_eq!(hex::encode(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex::encode(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut frontier = Frontier::default();
        for input in inputs {
            frontier.push(leaf_hash(input), |_, _| {});
        }
        assert_eq!(hex::encode(frontier.root()), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    proptest! {
        #[test]
        fn frontier_agrees_with_the_definition(size in 0_usize..600) {
            let leaves = leaves(size);
            let mut frontier = Frontier::default();
            for leaf in &leaves {
                frontier.push(*leaf, |_, _| {});
            }
            prop_assert_eq!(frontier.root(), naive_root(&leaves));
            prop_assert_eq!(Frontier::from_bytes(size as u64, &frontier.to_bytes()), Some(frontier));
        }

        #[test]
        fn inclusion_agrees_and_nothing_else_passes(size in 1_usize..400, pick in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
            let leaves = leaves(size);
            let index = pick.index(size);
            let Ok(proof) = inclusion_proof(index as u64, size as u64, &mut Naive(&leaves));
            prop_assert_eq!(&proof, &naive_path(index, &leaves));
            let root = naive_root(&leaves);
            prop_assert!(verify_inclusion(&leaves[index], index as u64, size as u64, &proof, &root));
            prop_assert!(!verify_inclusion(&leaf_hash(b"other"), index as u64, size as u64, &proof, &root));
            prop_assert!(!verify_inclusion(&leaves[index], size as u64, size as u64, &proof, &root));
            let mut longer = proof.clone();
            longer.push(root);
            prop_assert!(!verify_inclusion(&leaves[index], index as u64, size as u64, &longer, &root));
            if !proof.is_empty() {
                let mut bad = proof.clone();
                bad[flip.index(proof.len())][0] ^= 1;
                prop_assert!(!verify_inclusion(&leaves[index], index as u64, size as u64, &bad, &root));
                prop_assert!(!verify_inclusion(&leaves[index], index as u64, size as u64, &proof[1..], &root));
            }
        }

        #[test]
        fn consistency_agrees_and_nothing_else_passes(size in 1_usize..400, pick in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
            let leaves = leaves(size);
            let old = pick.index(size) + 1;
            let Ok(proof) = consistency_proof(old as u64, size as u64, &mut Naive(&leaves));
            prop_assert_eq!(&proof, &naive_subproof(old, &leaves, true));
            let (before, after) = (naive_root(&leaves[..old]), naive_root(&leaves));
            prop_assert!(verify_consistency(old as u64, &before, size as u64, &after, &proof));
            if old < size {
                prop_assert!(!verify_consistency(old as u64, &leaf_hash(b"x"), size as u64, &after, &proof));
                prop_assert!(!verify_consistency(old as u64, &before, size as u64, &leaf_hash(b"x"), &proof));
            }
            if !proof.is_empty() {
                let mut bad = proof.clone();
                bad[flip.index(proof.len())][7] ^= 1;
                prop_assert!(!verify_consistency(old as u64, &before, size as u64, &after, &bad));
            }
        }
    }
}
