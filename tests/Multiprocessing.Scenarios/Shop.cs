using System.Diagnostics;
using Multiprocessing;

namespace Multiprocessing.Scenarios;

/// <summary>
/// A program with one of everything, for the pictures of the dashboard: two pools whose tasks fail, hang and crash, a service, supervisors whose children
/// die, queues that are full and that grow, and locks that are waited for. It works until it is killed.
/// </summary>
internal static class Shop
{
    public static async Task<int> Run()
    {
        using var orders = ProcessQueue<Order>.OpenOrCreate($"orders-{Environment.ProcessId}", new() { Capacity = 200 });
        using var invoices = new ProcessQueue<string>();
        using var returns = new ProcessQueue<int>();
        using var ledger = ProcessLock.OpenOrCreate($"ledger-{Environment.ProcessId}");
        using var stock = new ProcessReaderWriterLock();
        using var printers = new ProcessSemaphore(2);
        using var closing = new ProcessEvent(EventResetMode.ManualReset);
        returns.Put(1);
        returns.Complete();

        await using var supervisor = new ProcessSupervisor(new() { Name = "shop", MaxRestarts = 1000 });
        supervisor.AddBody("web", () => TakeOrders(orders, stock));
        supervisor.AddBody("billing", () => Bill(orders, invoices, ledger, stock));
        supervisor.AddBody("bookkeeping", () => KeepBooks(ledger, closing));
        var reports = supervisor.AddSupervisor("reports", new() { Strategy = RestartStrategy.RestForOne, MaxRestarts = 1000 });
        reports.AddBody("collect", () => Print(printers, "collect"));
        reports.AddBody("render", () => Print(printers, "render"));
        var service = supervisor.AddService<IOcr>("ocr", () => new Ocr());
        await using var covers = new ProcessPool(new() { Name = "covers", Workers = 4, MaxAttempts = 2 });
        await using var mails = new ProcessPool(new() { Name = "mails", Workers = 2 });
        Report.Line("shop", Environment.ProcessId);
        await Task.WhenAll(
            ResizeAsync(covers),
            mails.ForEachAsync(Enumerable.Range(0, int.MaxValue), number => Send(number), new MapOptions { Name = "SendMail" }),
            ReadAsync(service));
        return 0;
    }

    private static async Task ResizeAsync(ProcessPool covers)
    {
        var options = new TaskOptions { Name = "Resize", Timeout = TimeSpan.FromSeconds(4) };
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            while (true)
            {
                try
                {
                    await covers.RunAsync(Resize, Interlocked.Increment(ref next), options);
                }
                catch (Exception exception) when (exception is InvalidDataException or TimeoutException or WorkerDiedException)
                {
                    // The pages show it.
                }
            }
        }));
    }

    private static void Resize(int number)
    {
        Work(TimeSpan.FromMilliseconds(60 + (number * 37 % 240)));
        switch (number % 97)
        {
            case 13:
                throw new InvalidDataException($"cover-{number:0000}.png has no header of a PNG.");
            case 41:
                Thread.Sleep(Timeout.Infinite); // hangs until its time limit
                break;
            case 71 when CurrentTask.Attempt == 1 || number % 2 == 0:
                using (var self = Process.GetCurrentProcess())
                {
                    self.Kill(); // as a fault in a native library would
                }

                break;
            case 90:
                Console.Error.WriteLine($"libpng warning: iCCP: known incorrect sRGB profile in cover-{number:0000}.png");
                break;
            default:
                break;
        }
    }

    private static void Send(int number)
    {
        Work(TimeSpan.FromMilliseconds(30 + (number % 50)));
        if (number % 40 == 0)
        {
            Console.WriteLine($"sent {number} mails");
        }
    }

    private static async Task ReadAsync(IOcr ocr)
    {
        for (var page = 0; ; page++)
        {
            try
            {
                await ocr.ReadAsync(page);
            }
            catch (ServiceDiedException)
            {
                // It is started again.
            }
        }
    }

    private static void TakeOrders(ProcessQueue<Order> orders, ProcessReaderWriterLock stock)
    {
        Console.WriteLine("listening");
        for (var number = 0; ; number++)
        {
            using (stock.EnterReadScope())
            {
                Thread.Sleep(1);
            }

            orders.Put(new Order(number, $"book {number % 500}"));
        }
    }

    private static void Bill(ProcessQueue<Order> orders, ProcessQueue<string> invoices, ProcessLock ledger, ProcessReaderWriterLock stock)
    {
        for (var count = 0; ; count++)
        {
            var order = orders.Get();
            using (ledger.EnterScope())
            {
                if (invoices.Count < 100_000)
                {
                    invoices.PutMany(Enumerable.Repeat($"invoice of order {order.Number}", 20));
                }
            }

            using (stock.EnterWriteScope())
            {
                Thread.Sleep(2);
            }
        }
    }

    private static void KeepBooks(ProcessLock ledger, ProcessEvent closing)
    {
        for (var day = 0; !closing.Wait(TimeSpan.FromMilliseconds(20)); day++)
        {
            using (ledger.EnterScope())
            {
                Work(TimeSpan.FromMilliseconds(300));
                if (day % 60 == 59)
                {
                    Environment.FailFast("The ledger is not balanced."); // while the lock is held
                }
            }
        }
    }

    private static void Print(ProcessSemaphore printers, string what)
    {
        for (var page = 0; ; page++)
        {
            printers.Wait();
            try
            {
                Work(TimeSpan.FromMilliseconds(100));
                if (page % 20 == 0)
                {
                    Console.WriteLine($"{what}: {page} pages");
                }
            }
            finally
            {
                printers.Release();
            }

            if (what == "collect" && page == 400)
            {
                throw new InvalidOperationException("The printer is out of paper.");
            }
        }
    }

    // Some of the time on a processor, most of it not: several processes share the machine.
    private static void Work(TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            Thread.SpinWait(2000);
            Thread.Sleep(5);
        }
    }
}

/// <summary>What a customer ordered.</summary>
internal sealed record Order(int Number, string Title);

/// <summary>Reads scanned pages.</summary>
public interface IOcr
{
    /// <summary>Returns the text of a page.</summary>
    Task<string> ReadAsync(int page);
}

internal sealed class Ocr : IOcr
{
    public async Task<string> ReadAsync(int page)
    {
        await Task.Delay(40);
        if (page % 500 == 499)
        {
            Environment.FailFast("tesseract: cannot allocate 4 GB.");
        }

        return $"page {page}";
    }
}
