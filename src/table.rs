//! A small map for bounded tables: a list in the order of its keys, searched by halves.
//!
//! The tables of an agent hold a few entries, some hundreds at most, and their keys count up, so that a new one goes to
//! the end. The standard library's trees cost 100 kB of machine code for them in the wasm, a sixth of it all.

/// Values by key, in the order of the keys.
///
/// Each value has a place of its own on the heap, so that the tables of all kinds are handled by the same machine code.
#[derive(Debug)]
pub(crate) struct Table<K, V>(Vec<(K, Box<V>)>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Copy + Ord, V> Table<K, V> {
    /// An empty table.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Where the key is, or where it would be.
    #[inline(never)]
    fn place(&self, key: K) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last >= key => self.0.binary_search_by_key(&key, |(k, _)| *k),
            _ => Err(self.0.len()),
        }
    }

    #[inline(never)]
    fn find(&self, key: K) -> Option<&V> {
        self.0.get(self.place(key).ok()?).map(|(_, v)| &**v)
    }

    #[inline(never)]
    fn find_mut(&mut self, key: K) -> Option<&mut V> {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, v)| &mut **v)
    }

    #[inline(never)]
    fn take_out(&mut self, key: K) -> Option<Box<V>> {
        let at = self.place(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Puts a value in, and returns the one that had this key.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<Box<V>> {
        self.insert_box(key, Box::new(value))
    }

    /// The same with a value that has its place already.
    pub(crate) fn insert_box(&mut self, key: K, value: Box<V>) -> Option<Box<V>> {
        match self.place(key) {
            Ok(at) => self.0.get_mut(at).map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Looks a value up.
    #[inline(always)]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.find(*key)
    }

    /// Looks a value up to change it.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find_mut(*key)
    }

    /// Takes a value out.
    #[inline(always)]
    pub(crate) fn remove(&mut self, key: &K) -> Option<Box<V>> {
        self.take_out(*key)
    }

    /// Whether there is one.
    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(k, v)| (k, &**v))
    }

    /// Keys, and values to change.
    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(k, v)| (&*k, &mut **v))
    }

    /// The values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, v)| &**v)
    }

    /// The values, to change them.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, v)| &mut **v)
    }

    /// Takes the first one that fits out.
    pub(crate) fn take(&mut self, fits: &mut dyn FnMut(&K, &V) -> bool) -> Option<Box<V>> {
        for (at, (key, value)) in self.0.iter().enumerate() {
            if fits(key, value) {
                return Some(self.0.remove(at).1);
            }
        }
        None
    }

    /// Drops those that fit.
    pub(crate) fn drop_all(&mut self, fits: &mut dyn FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| !fits(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn keys_that_come_out_of_order_are_found() {
        let mut table = Table::new();
        for key in [5, 9, 1, 7, 3] {
            assert!(table.insert(key, key * 10).is_none());
        }
        assert_eq!(
            table.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>(),
            [(1, 10), (3, 30), (5, 50), (7, 70), (9, 90)]
        );
        assert_eq!(table.insert(7, 71).as_deref(), Some(&70));
        assert_eq!((table.get(&7), table.get(&4), table.get(&10)), (Some(&71), None, None));
        assert_eq!((table.remove(&1).as_deref(), table.remove(&1), table.len()), (Some(&10), None, 4));
    }
}
