#if OAuth
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Recency list` {
    private func order(_ list: RecencyList<Int>) -> [Int] {
        var keys: [Int] = []
        list.fromOldest { key in
            keys.append(key)
            return true
        }
        return keys
    }

    @Test func `keeps keys in the order of their use, and the sum of their sizes`() {
        var list = RecencyList<Int>()
        for key in 1...4 { list.use(key, size: key * 10) }
        list.use(2, size: 5)
        #expect(order(list) == [1, 3, 4, 2])
        #expect(list.size == 85)
        list.remove(1)
        list.remove(2)
        list.remove(99)
        #expect(order(list) == [3, 4])
        #expect(list.count == 2 && list.size == 70)
    }

    @Test func `agrees with a plain array over 10,000 random uses`() {
        var random = SeededRandom(seed: 7)
        var list = RecencyList<Int>()
        var model: [(key: Int, size: Int)] = []
        for _ in 0..<10_000 {
            let key = Int.random(in: 0..<20, using: &random)
            model.removeAll { $0.key == key }
            if Int.random(in: 0..<3, using: &random) == 0 {
                list.remove(key)
            } else {
                let size = Int.random(in: -5..<100, using: &random)
                list.use(key, size: size)
                model.append((key, max(0, size)))
            }
            #expect(list.count == model.count)
            #expect(list.size == model.reduce(0) { $0 + $1.size })
        }
        #expect(order(list) == model.map(\.key))
    }

    @Test func `sizes do not overflow`() {
        var list = RecencyList<Int>()
        list.use(1, size: .max)
        list.use(2, size: .max)
        #expect(list.size == .max)
        list.remove(1)
        list.remove(2)
        #expect(list.size == 0)
    }
}
#endif
