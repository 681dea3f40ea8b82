using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class FrameworkSweepTests : ProcessTest
{
    [Fact]
    public Task Every_type_of_the_framework_crosses_equal_or_is_refused_at_the_call() => Watchdog.Run(async () =>
    {
        using var directory = new TemporaryDirectory();
        await using var child = ChildProcess.Run(() => FrameworkSweep.RunAsync(0, 1), new ChildProcessOptions { WorkingDirectory = directory.Path });
        var report = await child.Result;
        var lines = report.Entries.Select(static entry => $"{entry.Outcome}\t{entry.Type}\t{entry.How}\t{entry.Detail.ReplaceLineEndings(" ")}");
        File.WriteAllLines("/tmp/sweep.txt", lines);
        TestContext.Current.TestOutputHelper?.WriteLine($"{report.Types} types, {report.Built} built");
        File.WriteAllText("/tmp/sweep.counts", $"{report.Types} types, {report.Built} built, " + string.Join(", ", report.Entries.GroupBy(static entry => entry.Outcome).Select(static group => $"{group.Key} {group.Count()} ({group.Select(e => e.Type).Distinct().Count()} types)")));
        report.Entries.Where(static entry => entry.Outcome is not (SweepOutcome.Equal or SweepOutcome.Refused)).ShouldBeEmpty();
    }, TimeSpan.FromMinutes(4));
}
