using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>A lambda that changes a captured variable changes its copy in the other process; that is found in its IL and said once.</summary>
public class CapturedAssignmentTests : ProcessTest
{
    private struct Pair
    {
        public int X;

        public int Y { get; set; }

        public readonly int Sum() => X + Y;
    }

    private sealed class Account
    {
        public int Total { get; set; }
    }

    private static int _static;
    private int _count;
    private readonly List<int> _items = [];

    private int Property { get; set; }

    [Fact]
    public void Every_kind_of_change_is_found()
    {
        var sum = 0;
        var number = 0L;
        var text = "";
        int? maybe = null;
        object? box = null;
        var list = new List<int>();
        IList<int> face = list;
        ICollection<string> names = new HashSet<string>();
        var map = new Dictionary<string, int>();
        var set = new HashSet<int>();
        var queue = new Queue<int>();
        var stack = new Stack<int>();
        var array = new int[3];
        var grid = new string[2];
        var builder = new StringBuilder();
        var pair = default(Pair);
        var account = new Account();
        var concurrent = new ConcurrentDictionary<int, int>();
        var condition = Environment.ProcessId > 0;
        (Delegate Body, string[] Expected)[] cases =
        [
            // Assignments.
            (() => { sum = 42; }, ["variable 'sum'"]),
            (() => { sum++; }, ["variable 'sum'"]),
            (() => { sum += 2; }, ["variable 'sum'"]),
            (() => { text += "x"; }, ["variable 'text'"]),
            (() => { maybe = 5; }, ["variable 'maybe'"]),
            (() => { box ??= new object(); }, ["variable 'box'"]),
            (() => { pair = default; }, ["variable 'pair'"]),
            (() => { (sum, text) = (1, "t"); }, ["variable 'sum'", "variable 'text'"]),
            (() => { list = []; }, ["variable 'list'"]),
            ((int item) => { sum += item; }, ["variable 'sum'"]),
            (() => sum = 3, ["variable 'sum'"]),

            // By reference.
            (() => Interlocked.Increment(ref sum), ["variable 'sum'"]),
            (() => Interlocked.Add(ref number, 5), ["variable 'number'"]),
            (() => Volatile.Write(ref sum, 1), ["variable 'sum'"]),
            (() => int.TryParse("1", out sum), ["variable 'sum'"]),
            (() => { ref var alias = ref sum; alias = 7; }, ["variable 'sum'"]),
            (() => Swap(ref text, ref text), ["variable 'text'"]),

            // Parts of structs and arrays.
            (() => { pair.X = 1; }, ["variable 'pair'"]),
            (() => { pair.Y = 1; }, ["variable 'pair'"]),
            (() => { pair.X += 1; }, ["variable 'pair'"]),
            (() => { array[1] = 5; }, ["variable 'array'"]),
            (() => { array[1]++; }, ["variable 'array'"]),
            (() => { grid[0] = "g"; }, ["variable 'grid'"]),
            (() => Parallel.For(0, 3, i => array[i] = i), ["variable 'array'"]),

            // Collections.
            (() => list.Add(1), ["variable 'list'"]),
            (() => face.Add(1), ["variable 'face'"]),
            (() => names.Add("n"), ["variable 'names'"]),
            (() => { list[0] = 1; }, ["variable 'list'"]),
            (() => list.AddRange([1, 2]), ["variable 'list'"]),
            (() => list.Clear(), ["variable 'list'"]),
            (() => { map["a"] = 1; }, ["variable 'map'"]),
            (() => { map["a"]++; }, ["variable 'map'"]),
            (() => set.Add(1), ["variable 'set'"]),
            (() => queue.Enqueue(1), ["variable 'queue'"]),
            (() => stack.Push(1), ["variable 'stack'"]),
            (() => { builder.Append('x').Append('y'); }, ["variable 'builder'"]),
            (() => concurrent.TryAdd(1, 2), ["variable 'concurrent'"]),
            (() => { list.Add(condition ? 1 : 2); }, ["variable 'list'"]),
            (() => { if (condition) { list.Add(1); } else { set.Add(2); } }, ["variable 'list'", "variable 'set'"]),
            (() => { foreach (var item in array) { list.Add(item); } }, ["variable 'list'"]),
            (() => { try { sum = 1; } catch (InvalidOperationException) { list.Add(2); } finally { set.Add(3); } }, ["variable 'sum'", "variable 'list'", "variable 'set'"]),
            (() => { switch (sum) { case 1: map["x"] = 1; break; case 2: map["y"] = 2; break; case 3: map["z"] = 3; break; case 4: map["w"] = 4; break; } }, ["variable 'map'"]),

            // Of this.
            (() => { _count = 1; }, ["field '_count' of 'this'"]),
            (() => { _count++; }, ["field '_count' of 'this'"]),
            (() => Interlocked.Increment(ref _count), ["field '_count' of 'this'"]),
            (() => _items.Add(1), ["field '_items' of 'this'"]),
            (() => { Property = 3; }, ["property 'Property' of 'this'"]),
            (() => { _count = sum; }, ["field '_count' of 'this'"]),

            // In nested lambdas, local functions and asynchronous bodies.
            (() => new[] { 1 }.ToList().ForEach(item => sum += item), ["variable 'sum'"]),
            (async () => { await Task.Yield(); sum = 5; }, ["variable 'sum'"]),
            (async () => { list.Add(await Task.FromResult(5)); }, ["variable 'list'"]),
            (async () => { await Task.Yield(); _count = 5; }, ["field '_count' of 'this'"]),
            (() => { void Local() => sum++; Local(); }, ["variable 'sum'"]),
        ];
        foreach (var (body, expected) in cases)
        {
            ClosureUse.Of(body.Method).AssignmentsOf().ShouldBe(expected, $"case {Array.FindIndex(cases, one => one.Body == body)}, {body.Method}");
        }

        (sum + number + text + maybe + box + pair.Sum() + account + condition).ShouldNotBeNull();
    }

    [Fact]
    public void What_is_no_change_of_a_captured_variable_is_left_alone()
    {
        var sum = 1;
        var text = "t";
        var list = new List<int> { 3, 1 };
        var array = new[] { 1, 2 };
        var pair = new Pair { X = 1 };
        var moment = DateTime.UnixEpoch;
        int? maybe = 5;
        var immutable = ImmutableList.Create(1);
        var account = new Account();
        var condition = Environment.ProcessId > 0;
        using var queue = new ProcessQueue<int>();
        using var shared = new SharedValue<int>();
        using var numbers = new SharedArray<int>(3);
        using var @lock = new ProcessLock();
        Delegate[] bodies =
        [
            () => sum + text.Length + list.Count + array[0] + pair.Sum() + pair.X,
            () => moment.ToString("O") + maybe.GetValueOrDefault() + maybe.HasValue,
            () => { var own = sum; own++; return own; },
            () => { var own = new List<int>(); own.Add(sum); return own; },
            () => { var own = 0; new List<int>(list).ForEach(item => own += item); return own; },
            () => { var own = new List<int>(); Parallel.ForEach(array, item => { lock (own) { own.Add(item); } }); return own.Count; },
            () => { var copy = array.ToArray(); copy[0] = 9; return copy; },
            () => { var own = pair; own.X = 9; return own.X; },
            () => { var inner = condition ? list : [5]; return inner.Contains(1); },
            () => { var total = 0; for (var i = 0; i < 3; i++) { var each = i; Func<int> add = () => total += each; add(); } return total; },
            async () => { var own = 0; await Task.Yield(); own += sum; return own; },
            async () => { var own = new List<int>(); foreach (var item in list) { await Task.Yield(); own.Add(item); } return own; },
            () => queue.Put(sum),
            () => { shared.Value = 5; },
            () => { shared.Value++; },
            () => { numbers[1] = 5; },
            () => { @lock.Enter(); shared.Value += sum; @lock.Exit(); },
            () => immutable.Add(2).Count,
            () => { _static = sum; },
            () => Volatile.Read(ref sum),
            () => list.OrderBy(item => item * sum).ToList(),
            () => { var own = new Account(); own.Total = sum; return own; },
            () => { int Local(int value) { value += sum; return value; } return Local(1); },
            () => text.Split(',').Select(part => part + text).ToArray(),
            () => account.ToString(),
            static () => { var own = 1; own++; return own; },
        ];
        foreach (var body in bodies)
        {
            ClosureUse.Of(body.Method).AssignmentsOf().ShouldBeEmpty($"body {Array.IndexOf(bodies, body)}");
        }
    }

    [Fact]
    public Task It_is_logged_once_for_each_body() => Watchdog.Run(async () =>
    {
        var records = new ConcurrentQueue<(LogLevel Level, string Text)>();
        var before = MultiprocessingLogging.Factory;
        MultiprocessingLogging.Factory = new Recording(records);
        try
        {
            var sum = 0;
            for (var i = 0; i < 3; i++)
            {
                ChildProcess.Run(() => { sum = 42; }).TakeFailure().ShouldBeNull();
            }

            sum.ShouldBe(0);
            await using var pool = new ProcessPool(new() { Workers = 1 });
            var list = new List<int>();
            for (var i = 0; i < 3; i++)
            {
                await pool.RunAsync(() => list.Add(1));
                await pool.ForEachAsync([1, 2, 3], item => list.Add(item));
            }
        }
        finally
        {
            MultiprocessingLogging.Factory = before;
        }

        var warnings = records.Where(static record => record.Text.Contains("captured", StringComparison.Ordinal)).ToArray();
        warnings.Length.ShouldBe(3);
        warnings.ShouldAllBe(static record => record.Level == LogLevel.Warning);
        warnings[0].Text.ShouldBe(
            "The lambda in Multiprocessing.Tests.Serialization.CapturedAssignmentTests.It_is_logged_once_for_each_body changes captured variable 'sum'. In another process it changes a copy; "
            + "in this process nothing changes. Return the value, or use a SharedValue<T>, a SharedArray<T> or a ProcessQueue<T>");
        warnings[1].Text.ShouldContain("variable 'list'");
    });

    private static void Swap(ref string left, ref string right) => (left, right) = (right, left);

    private sealed class Recording(ConcurrentQueue<(LogLevel Level, string Text)> records) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            records.Enqueue((logLevel, formatter(state, exception)));
    }
}
