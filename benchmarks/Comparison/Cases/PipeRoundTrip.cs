using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Sends a message to another process and back over a pipe, one at a time: nanoseconds for both ways. Bytes are received into the same array; CPython
/// sends and receives bytes too.
/// </summary>
internal sealed class PipeRoundTrip(string name, string what, int size, bool asStruct, int count, int pythonCount, Aim? aim) : Case
{
    public override string Name => name;

    public override IReadOnlyList<Figure> Figures => [new(what, Unit.Nanoseconds, aim)];

    public override double[] Ours()
    {
        var (here, there) = ProcessPipe.Create();
        using var go = new ProcessQueue<bool>();
        using (here)
        using (there)
        {
            using var echo = ChildProcess.Run(Echo, there, go, (size, count, asStruct));
            var buffer = new byte[size];
            var elapsed = Passes.Last(() =>
            {
                go.Put(true);
                if (asStruct)
                {
                    PassStructs(here, count);
                }
                else
                {
                    PassBytes(here, buffer, count);
                }
            });
            go.Complete();
            echo.Join();
            return [elapsed.TotalNanoseconds / count];
        }
    }

    public override double[]? Python() => PythonRunner.Run("pipe", "roundtrip", size, pythonCount);

    public override double[]? Limit() => size == 64 ? CRunner.Run("pingpong", 64, count) : null;

    private static void PassStructs(Connection here, int count)
    {
        for (var i = 0; i < count; i++)
        {
            here.Send(default(Cell));
            _ = here.Receive<Cell>();
        }
    }

    private static void PassBytes(Connection here, byte[] buffer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            here.SendBytes(buffer);
            _ = here.ReceiveBytesInto(buffer);
        }
    }

    private static void Echo(Connection there, ProcessQueue<bool> go, (int Size, int Count, bool AsStruct) work)
    {
        var buffer = new byte[work.Size];
        foreach (var _ in go.ReadAll())
        {
            if (work.AsStruct)
            {
                EchoStructs(there, work.Count);
            }
            else
            {
                EchoBytes(there, buffer, work.Count);
            }
        }
    }

    private static void EchoStructs(Connection there, int count)
    {
        for (var i = 0; i < count; i++)
        {
            there.Send(there.Receive<Cell>());
        }
    }

    private static void EchoBytes(Connection there, byte[] buffer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            there.SendBytes(buffer.AsSpan(0, there.ReceiveBytesInto(buffer)));
        }
    }
}
