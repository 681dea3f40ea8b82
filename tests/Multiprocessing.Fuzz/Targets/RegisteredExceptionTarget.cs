namespace Multiprocessing.Fuzz;

/// <summary>An exception of another program: reading it returns an exception of the fixed list or a <see cref="RemoteException"/>, and never throws.</summary>
internal sealed class RegisteredExceptionTarget : FuzzTarget
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Write(new InvalidOperationException("outer", new KeyNotFoundException("inner"))),
        Write(new AggregateException("several", new TimeoutException("first"), new IOException("second"))),
        Write(new ItemsLostException("3 items are lost", 3, "queue", new ExitStatus(), 3)),
    ];

    public override unsafe void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        fixed (byte* data = input)
        {
            var exception = RegisteredTarget.Types.Payload.ReadException(data, data + input.Length);
            if (exception is not RemoteException && exception.GetType().Assembly != typeof(object).Assembly
                && exception.GetType().Assembly != typeof(RemoteException).Assembly)
            {
                throw new InvalidOperationException($"A {exception.GetType()} was created, which is not on the list.");
            }
        }

        Allocation.ThrowIfAbove(before, input);
    }

    private static byte[] Write(Exception exception) =>
        RegisteredTarget.BytesOf(buffer => RegisteredTarget.Types.Payload.WriteException(buffer, exception));
}
