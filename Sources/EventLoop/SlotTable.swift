/// Objects under reusable slots with a generation each, so that a late name from C finds nothing instead of a stranger.
// Inlinable: users store enums and structs, and copying those through an unspecialised generic costs more than the rest.
// Public, because other modules are given the body of a public declaration only; nothing outside the package sees it.
@frozen
public struct SlotTable<Value> {
    @usableFromInline var values: [Value?] = []
    @usableFromInline var generations: [UInt32] = []
    @usableFromInline var free: [UInt32] = []

    @usableFromInline var taken = 0

    @inlinable public init() {}

    /// Occupied slots.
    @inlinable public var count: Int { taken }

    /// Slots that were ever used; slot numbers are below this.
    @inlinable public var capacity: Int { values.count }

    @inlinable public mutating func insert(_ value: Value) -> (slot: UInt32, generation: UInt32) {
        let place = reserve()
        fill(place, with: value)
        return place
    }

    /// Takes a slot for a value that must know its slot; ``fill(_:with:)`` puts the value there.
    @inlinable public mutating func reserve() -> (slot: UInt32, generation: UInt32) {
        if let slot = free.popLast() { return (slot, generations[Int(slot)]) }
        values.append(nil)
        generations.append(1)
        return (UInt32(values.count - 1), 1)
    }

    /// Puts a value into a reserved slot, or over the one that is there.
    @inlinable public mutating func fill(_ place: (slot: UInt32, generation: UInt32), with value: Value) {
        guard place.slot < values.count, generations[Int(place.slot)] == place.generation else { return }
        if values[Int(place.slot)] == nil { taken += 1 }
        values[Int(place.slot)] = value
    }

    /// Gives a slot back that was reserved and never filled.
    @inlinable public mutating func cancelReservation(_ place: (slot: UInt32, generation: UInt32)) {
        guard place.slot < values.count, generations[Int(place.slot)] == place.generation,
            values[Int(place.slot)] == nil
        else { return }
        generations[Int(place.slot)] &+= 1
        free.append(place.slot)
    }

    /// Whether the slot was given out under this generation and not given back; touches no value.
    @inlinable public func isTaken(_ slot: UInt32, _ generation: UInt32) -> Bool {
        slot < generations.count && generations[Int(slot)] == generation
    }

    /// The value that was inserted under exactly this slot and generation.
    @inlinable public subscript(slot: UInt32, generation: UInt32) -> Value? {
        guard slot < values.count, generations[Int(slot)] == generation else { return nil }
        return values[Int(slot)]
    }

    @inlinable public mutating func remove(_ slot: UInt32, _ generation: UInt32) -> Value? {
        guard slot < values.count, generations[Int(slot)] == generation, let value = values[Int(slot)] else {
            return nil
        }
        values[Int(slot)] = nil
        generations[Int(slot)] &+= 1
        free.append(slot)
        taken -= 1
        return value
    }

    /// All values, for a shutdown or a report; not for the hot path.
    @inlinable public var all: [Value] { values.compactMap { $0 } }
}
