using System.Security.Cryptography;

namespace Multiprocessing.Scenarios;

/// <summary>Large messages, and memory that runs out.</summary>
internal static class Queues
{
    private const int Mebibyte = 1 << 20;

    /// <summary>A child puts one large item and ends; the parent joins before it reads.</summary>
    public static int BigPut(int mebibytes)
    {
        using var queue = new ProcessQueue<byte[]>();
        using var child = ChildProcess.Run((numbers, size) => numbers.Put(Pattern(size)), queue, mebibytes * Mebibyte);
        child.Join();
        Report.Line("joined", child.ExitStatus);
        var received = queue.Get(TimeSpan.FromSeconds(30));
        Report.Line("same", SHA256.HashData(received).AsSpan().SequenceEqual(SHA256.HashData(Pattern(mebibytes * Mebibyte))));
        return 0;
    }

    /// <summary>Puts more than /dev/shm holds. The put succeeds or says clearly why not; the queue works on either way.</summary>
    public static int FullMemory(int mebibytes)
    {
        ProcessQueue<byte[]> queue;
        try
        {
            queue = new ProcessQueue<byte[]>();
        }
        catch (Exception exception)
        {
            Report.Line("creation", $"{exception.GetType().Name}: {exception.Message}");
            return 0;
        }

        using (queue)
        {
            Report.Line("session", Session.Current.Directory);
            var put = 0;
            try
            {
                for (; put < mebibytes; put++)
                {
                    queue.Put(Pattern(Mebibyte + put), TimeSpan.FromSeconds(30));
                }

                Report.Line("put", "all");
            }
            catch (Exception exception)
            {
                Report.Line("put", $"{exception.GetType().Name}: {exception.Message}");
            }

            Report.Line("count", $"{queue.Count} {put}");
            var isSame = true;
            for (var i = 0; i < put; i++)
            {
                isSame &= queue.Get(TimeSpan.FromSeconds(30)).AsSpan().SequenceEqual(Pattern(Mebibyte + i));
            }

            Report.Line("same", isSame);
            queue.Put([1, 2, 3]);
            using var child = ChildProcess.Run(numbers => numbers.Put([.. numbers.Get(TimeSpan.FromSeconds(30)), 4]), queue);
            child.Join();
            Report.Line("child", child.ExitStatus);
            Report.Line("usable", queue.Get(TimeSpan.FromSeconds(30)).Length == 4);
            return 0;
        }
    }

    private static byte[] Pattern(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
