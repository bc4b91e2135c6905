//! A small map for bounded tables: a list searched from its start.
//!
//! The tables of an agent hold a few entries, some hundreds at most. The standard library's trees cost 100 kB of
//! machine code for them in the wasm, a sixth of it all.

/// Values by key, in the order in which they came.
///
/// Each value has a place of its own on the heap, so that the tables of all kinds are handled by the same machine code.
#[derive(Debug)]
pub struct Table<K, V>(Vec<(K, Box<V>)>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Copy + PartialEq, V> Table<K, V> {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    #[inline(never)]
    fn find(&self, key: K) -> Option<&V> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, v)| &**v)
    }

    #[inline(never)]
    fn find_mut(&mut self, key: K) -> Option<&mut V> {
        self.0.iter_mut().find(|(k, _)| *k == key).map(|(_, v)| &mut **v)
    }

    #[inline(never)]
    fn take_out(&mut self, key: K) -> Option<Box<V>> {
        let at = self.0.iter().position(|(k, _)| *k == key)?;
        Some(self.0.remove(at).1)
    }

    /// Puts a value in, and returns the one that had this key.
    pub fn insert(&mut self, key: K, value: V) -> Option<Box<V>> {
        self.insert_box(key, Box::new(value))
    }

    /// The same with a value that has its place already.
    pub fn insert_box(&mut self, key: K, value: Box<V>) -> Option<Box<V>> {
        match self.0.iter_mut().find(|(k, _)| *k == key) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                self.0.push((key, value));
                None
            }
        }
    }

    /// Looks a value up.
    #[inline(always)]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(*key)
    }

    /// Looks a value up to change it.
    #[inline(always)]
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find_mut(*key)
    }

    /// Takes a value out.
    #[inline(always)]
    pub fn remove(&mut self, key: &K) -> Option<Box<V>> {
        self.take_out(*key)
    }

    /// Whether there is one.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(k, v)| (k, &**v))
    }

    /// Keys, and values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(k, v)| (&*k, &mut **v))
    }

    /// The values.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, v)| &**v)
    }

    /// The values, to change them.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, v)| &mut **v)
    }

    /// Takes the first one that fits out.
    pub fn take(&mut self, fits: &mut dyn FnMut(&K, &V) -> bool) -> Option<Box<V>> {
        for (at, (key, value)) in self.0.iter().enumerate() {
            if fits(key, value) {
                return Some(self.0.remove(at).1);
            }
        }
        None
    }

    /// Drops those that fit.
    pub fn drop_all(&mut self, fits: &mut dyn FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| !fits(key, value));
    }
}
