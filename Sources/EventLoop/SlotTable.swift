/// Objects under reusable slots with a generation each, so that a late name from C finds nothing instead of a stranger.
// Inlinable: users store enums and structs, and copying those through an unspecialised generic costs more than the rest.
package struct SlotTable<Value> {
    @usableFromInline package var values: [Value?] = []
    @usableFromInline package var generations: [UInt32] = []
    @usableFromInline package var free: [UInt32] = []

    @inlinable package init() {}

    /// Occupied slots.
    @usableFromInline package var count = 0

    /// Slots that were ever used; slot numbers are below this.
    @inlinable package var capacity: Int { values.count }

    @inlinable package mutating func insert(_ value: Value) -> (slot: UInt32, generation: UInt32) {
        let place = reserve()
        fill(place, with: value)
        return place
    }

    /// Takes a slot for a value that must know its slot; ``fill(_:with:)`` puts the value there.
    @inlinable package mutating func reserve() -> (slot: UInt32, generation: UInt32) {
        if let slot = free.popLast() { return (slot, generations[Int(slot)]) }
        values.append(nil)
        generations.append(1)
        return (UInt32(values.count - 1), 1)
    }

    /// Puts a value into a reserved slot, or over the one that is there.
    @inlinable package mutating func fill(_ place: (slot: UInt32, generation: UInt32), with value: Value) {
        guard place.slot < values.count, generations[Int(place.slot)] == place.generation else { return }
        if values[Int(place.slot)] == nil { count += 1 }
        values[Int(place.slot)] = value
    }

    /// Gives a slot back that was reserved and never filled.
    @inlinable package mutating func cancelReservation(_ place: (slot: UInt32, generation: UInt32)) {
        guard place.slot < values.count, generations[Int(place.slot)] == place.generation,
            values[Int(place.slot)] == nil
        else { return }
        generations[Int(place.slot)] &+= 1
        free.append(place.slot)
    }

    /// The value that was inserted under exactly this slot and generation.
    @inlinable package subscript(slot: UInt32, generation: UInt32) -> Value? {
        guard slot < values.count, generations[Int(slot)] == generation else { return nil }
        return values[Int(slot)]
    }

    @inlinable package mutating func remove(_ slot: UInt32, _ generation: UInt32) -> Value? {
        guard slot < values.count, generations[Int(slot)] == generation, let value = values[Int(slot)] else {
            return nil
        }
        values[Int(slot)] = nil
        generations[Int(slot)] &+= 1
        free.append(slot)
        count -= 1
        return value
    }

    /// All values, for a shutdown or a report; not for the hot path.
    @inlinable package var all: [Value] { values.compactMap { $0 } }
}
