namespace Multiprocessing;

/// <summary>The part of a message that an <see cref="IProcessHandle{TSelf}"/> may write.</summary>
internal sealed class HandleWriter
{
    public void Write<T>(T value)
        where T : unmanaged => throw new NotImplementedException();

    public void Write(string value) => throw new NotImplementedException();

    /// <summary>Registers a reference that is cancelled if the message is not handed over (<see cref="MessageBuffer.Cancel"/>).</summary>
    public void AddTravelling(ITravellingReference reference) => throw new NotImplementedException();
}

/// <summary>Reads what a <see cref="HandleWriter"/> wrote.</summary>
internal ref struct HandleReader
{
    public T Read<T>()
        where T : unmanaged => throw new NotImplementedException();

    public string ReadString() => throw new NotImplementedException();
}
