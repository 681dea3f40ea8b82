using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of README.md.</summary>
public class Readme
{
    [Fact]
    public async Task The_first_example_runs()
    {
        #region readme-first
        using var queue = new ProcessQueue<string>();
        using var child = ChildProcess.Run(() =>
        {
            queue.Put($"Hello from process {CurrentProcess.Id}, child of {CurrentProcess.Parent}.");
            queue.Complete();
            return Enumerable.Range(1, 20).Aggregate(1L, (product, factor) => product * factor);
        });
        foreach (var line in queue.ReadAll())
        {
            Console.WriteLine(line);
        }

        var factorial = await child.Result;
        await child.Completion;
        Console.WriteLine($"20! = {factorial}, and the child ended with {child.ExitStatus}.");
        #endregion
        factorial.ShouldBe(2_432_902_008_176_640_000);
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task The_pool_does_what_it_says()
    {
        #region readme-pool
        await using var pool = new ProcessPool(new() { Workers = 4, MaxAttempts = 2, Timeout = TimeSpan.FromSeconds(60) });

        int answer = await pool.RunAsync(() => 6 * 7);
        long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000_000), item => (long)item * item);

        await foreach (var length in pool.StreamAsync(Directory.EnumerateFiles("."), file => new FileInfo(file).Length))
        {
            Console.WriteLine(length);
        }

        foreach (var outcome in await pool.MapOutcomesAsync([1, 0, 4], item => 12 / item))
        {
            Console.WriteLine(outcome.IsSuccess ? $"{outcome.Result}" : outcome.Error.Message);
        }
        #endregion
        answer.ShouldBe(42);
        squares[^1].ShouldBe(999_999L * 999_999);
    }

    [Fact]
    public async Task Options_reach_the_child()
    {
        var lines = new List<string>();
        #region first-options
        using var child = ChildProcess.Run(Work, new ChildProcessOptions
        {
            Name = "worker",                                                 // in errors and logs
            Environment = { ["GREETING"] = "hello", ["HTTP_PROXY"] = null }, // changes to the parent's; null removes
            WorkingDirectory = Path.GetTempPath(),
            StandardOutput = ProcessOutput.ToLines(line => lines.Add(line)), // or Inherit, Discard, Prefix, Log
            HeapLimit = 256 << 20,                                           // bytes of garbage-collected heap
            TerminationGrace = TimeSpan.FromSeconds(2),                      // between asking and killing
        });
        await child.Completion;

        static void Work() => Console.WriteLine($"{Environment.GetEnvironmentVariable("GREETING")} from {CurrentProcess.Name}");
        #endregion
        lines.ShouldBe(["hello from worker"]);
    }

    [Fact]
    public async Task Only_what_the_body_reads_crosses()
    {
        var file = Path.GetTempFileName();
        #region closure-fields
        var path = "data.bin";
        using var log = new StreamWriter(file);
        Action writeLog = () => log.WriteLine("...");
        using var child = ChildProcess.Run(() => path.Length); // `log` lives in the same closure, and stays here
        #endregion
        writeLog();
        (await child.Result).ShouldBe(8);
        log.Close();
        File.Delete(file);
    }

    [Fact]
    public async Task A_service_copies_what_its_bodies_need()
    {
        await using var service = new OrderService();
        (await service.PriceAsync(4)).ShouldBe(12);
    }

    private sealed class OrderService : IAsyncDisposable
    {
        private readonly ProcessPool _pool = new(new() { Workers = 1 });
        private readonly int _rate = 3;

        public async Task<int> PriceAsync(int order)
        {
            #region closure-this
            var rate = _rate;                                    // a local variable: the object stays here
            return await _pool.RunAsync(() => Price(order, rate));
            #endregion
        }

        public ValueTask DisposeAsync() => _pool.DisposeAsync();

        private static int Price(int order, int rate) => order * rate;
    }
}
