namespace Multiprocessing;

/// <summary>How values and delegates cross. Both ends are the same build on the same machine, so the format carries no schema.</summary>
internal static class ValueSerializer
{
    /// <summary>Appends <paramref name="value"/> to <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="value">What; its static type is <typeparamref name="T"/>, its runtime type may be derived.</param>
    /// <param name="root">How a refusal names the root of the path, such as <c>item</c> or <c>argument 2</c>.</param>
    /// <exception cref="NotSerializableException">Something in it cannot cross; nothing was appended that would have to be cancelled.</exception>
    public static void Serialize<T>(MessageBuffer buffer, T value, string root) => throw new NotImplementedException();

    /// <summary>Reads one value; <paramref name="data"/> moves behind it.</summary>
    public static unsafe T Deserialize<T>(ref byte* data, byte* end) => throw new NotImplementedException();

    /// <summary>Appends an exception so that the other side gets the original type where it can be rebuilt faithfully, else a <see cref="RemoteException"/>. Never throws for what is in it.</summary>
    public static void SerializeException(MessageBuffer buffer, Exception exception) => throw new NotImplementedException();

    /// <summary>Reads what <see cref="SerializeException"/> wrote.</summary>
    public static unsafe Exception DeserializeException(ref byte* data, byte* end) => throw new NotImplementedException();
}

/// <summary>Facts about a type that are decided once.</summary>
internal static class ValueSerializer<T>
{
    /// <summary>The value is its bytes: queues copy it as it lies in memory, without a <see cref="MessageBuffer"/>.</summary>
    public static readonly bool IsRaw = false;
}
