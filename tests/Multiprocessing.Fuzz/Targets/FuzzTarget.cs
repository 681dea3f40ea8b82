namespace Multiprocessing.Fuzz;

/// <summary>Code that reads bytes of another process. It is created once; <see cref="Run"/> is called for each input.</summary>
public abstract class FuzzTarget : IDisposable
{
    /// <summary>Messages as an honest sender writes them. The inputs are changed copies.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Whether one input must end before the next one begins: the target keeps a listener or a server.</summary>
    public virtual bool IsSerial => false;

    /// <summary>Reads one input. Any exception is a fault of the library.</summary>
    public abstract void Run(byte[] input);

    /// <summary>Checks what must hold after the last input.</summary>
    public virtual void Finish()
    {
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
