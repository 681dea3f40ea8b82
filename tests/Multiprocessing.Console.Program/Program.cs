using System.Diagnostics;
using Multiprocessing;
using Spectre.Console;

// The program that the tests run in a terminal. Each argument is a thing that happens while a bar is shown.
var items = args.Contains("long") ? 100_000 : 60;
var workers = args.Contains("crowd") ? 12 : 3;
await using var pool = new ProcessPool(new() { Workers = workers, MaxAttempts = 2, Name = "images" });
Console.WriteLine("before");
Task[] calls = args.Contains("two") ? [Run("first"), Run("second")] : [Run("pages")];
if (args.Contains("talk"))
{
    for (var i = 0; i < 20; i++)
    {
        await Task.Delay(50);
        Console.WriteLine($"said {i}");
        Console.Error.Write($"error ");
        Console.Error.WriteLine(i);
    }

    Console.Write("unfinished");
}

if (args.Contains("storm"))
{
    Parallel.For(0, 8, static number =>
    {
        for (var i = 0; i < 200; i++)
        {
            if (number % 2 == 0)
            {
                Console.WriteLine($"{number} {i}");
            }
            else
            {
                AnsiConsole.WriteLine($"{number} {i}");
            }
        }
    });
}

await Task.WhenAll(calls);
Console.WriteLine(args.Contains("talk") ? " line" : "after");

Task Run(string title) => pool.MapOutcomesAsync(
    Enumerable.Range(0, items),
    static item =>
    {
        Thread.Sleep(100);
        if (item == 20 && CurrentTask.Attempt == 1)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        return item % 30 == 7 ? throw new InvalidOperationException("unreadable") : item;
    },
    new() { Name = "page", Progress = new ConsoleProgress(title) });
