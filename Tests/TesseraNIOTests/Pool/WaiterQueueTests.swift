#if NIO
import NIOCore
import Testing

@testable import TesseraNIO

@Suite struct WaiterQueueTests {
    /// Waiters 1 to 6, of which 2, 3 and 5 need a new connection; each is due at its number.
    private var six: WaiterQueue<Int> {
        var queue = WaiterQueue<Int>()
        for number in 1...6 {
            queue.append(
                WaiterQueue.Waiter(
                    number: UInt64(number), request: number, deadline: .uptimeNanoseconds(UInt64(number)),
                    since: .uptimeNanoseconds(UInt64(number)), connectLimit: .nanoseconds(10),
                    needsNewConnection: [2, 3, 5].contains(number)))
        }
        return queue
    }

    @Test func `whoever has waited longest is first, whatever is needed`() {
        var queue = six
        var order: [Int] = []
        while let request = queue.popFirst() { order.append(request) }
        #expect(order == [1, 2, 3, 4, 5, 6])
        #expect(queue.isEmpty)
    }

    @Test func `a used connection goes to those that may have it, in their order`() {
        var queue = six
        var order: [Int] = []
        while let request = queue.popFirst(needingNew: false) { order.append(request) }
        #expect(order == [1, 4, 6])
        #expect(queue.first?.number == 2)
        #expect(queue.newCount > 0 && !queue.hasAny)
        #expect(queue.count == 3)
    }

    @Test(arguments: [1, 3, 6])
    func `one that leaves is gone, once`(number: Int) {
        var queue = six
        let left = queue.remove(UInt64(number))
        #expect(left == number)
        let again = queue.remove(UInt64(number))
        #expect(again == nil)
        #expect(queue.count == 5)
    }

    @Test func `those whose time is over leave in their order`() {
        var queue = six
        #expect(queue.nextDeadline == .uptimeNanoseconds(1))
        let none = queue.expire(now: .uptimeNanoseconds(0))
        #expect(none.isEmpty)
        let expired = queue.expire(now: .uptimeNanoseconds(4))
        #expect(expired == [1, 2, 3, 4])
        #expect(queue.nextDeadline == .uptimeNanoseconds(5))
    }

    @Test func `those who have waited too long for a connection leave in their order, as many as are asked for`() {
        var queue = six
        let one = queue.popTired(now: .uptimeNanoseconds(13), atMost: 1)
        #expect(one == [1])
        let others = queue.popTired(now: .uptimeNanoseconds(13), atMost: .max)
        #expect(others == [2, 3])
        #expect(queue.count == 3)
    }
}
#endif
