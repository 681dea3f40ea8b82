using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

public class FrameworkSweepTests(ITestOutputHelper output) : ProcessTest
{
    [NotUnderWineFact("It makes objects of every type, also of those that Wine lacks half of.")]
    public Task Every_type_of_the_framework_crosses_equal_or_is_refused_at_the_call() => Watchdog.Run(
        async () =>
        {
            using var directory = new TemporaryDirectory();

            // Files and directories that types of the framework are made for.
            File.WriteAllText(directory.File("one"), "");
            await using var child = ChildProcess.Run(() => FrameworkSweep.RunAsync(), new ChildProcessOptions { WorkingDirectory = directory.Path });
            var report = await child.Result;
            output.WriteLine(report.ToString());
            if (Environment.GetEnvironmentVariable("MULTIPROCESSING_SWEEP_REPORT") is { } file)
            {
                File.WriteAllText(file, report.ToString());
            }

            report.Entries.Where(static entry => entry.Outcome is not (SweepOutcome.Equal or SweepOutcome.Refused)).ShouldBeEmpty();

            // So that a sweep without types does not pass.
            report.Types.ShouldBeGreaterThan(2500);
            report.Built.ShouldBeGreaterThan(1750);
            report.TypesWith(SweepOutcome.Equal).ShouldBeGreaterThan(1450);
            report.TypesWith(SweepOutcome.Refused).ShouldBeGreaterThan(250);
        },
        TimeSpan.FromMinutes(8));
}
