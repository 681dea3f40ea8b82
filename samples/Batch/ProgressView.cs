using System.Diagnostics;
using Spectre.Console;

namespace Batch;

/// <summary>Shows a bar with rate, remaining time, failures and busy workers, or plain lines if the output is not a terminal.</summary>
internal static class ProgressView
{
    private const int PlainLines = 5;

    public static Task<T> ShowAsync<T>(string title, int total, Func<Action<Step>, Task<T>> work) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? Bar(title, total, work) : Lines(title, total, work);

    private static Task<T> Bar<T>(string title, int total, Func<Action<Step>, Task<T>> work) =>
        AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(), new RemainingTimeColumn(),
                new StateColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(title, maxValue: Math.Max(total, 1));
                var result = await work(step =>
                {
                    StateColumn.Show(bar, step);
                    bar.Value = step.Done;
                });
                bar.Value = bar.MaxValue;
                return result;
            });

    private static async Task<T> Lines<T>(string title, int total, Func<Action<Step>, Task<T>> work)
    {
        var watch = Stopwatch.StartNew();
        var next = 1;
        return await work(step =>
        {
            while (next <= PlainLines && step.Done >= (long)total * next / PlainLines)
            {
                Console.WriteLine(
                    $"{title}: {step.Done} of {total} files, {step.Done / Math.Max(watch.Elapsed.TotalSeconds, 0.001):0}/s, {StateColumn.Text(step)}");
                next++;
            }
        });
    }
}
