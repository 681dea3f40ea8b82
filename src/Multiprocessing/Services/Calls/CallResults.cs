namespace Multiprocessing;

/// <summary>Reads one kind of result out of a reply.</summary>
internal unsafe interface IResultReader<T>
{
    static abstract T Read(CallChannel channel, ref byte* data, byte* end);
}

/// <summary>The result of a call that has none.</summary>
internal readonly struct NoResult : IResultReader<NoResult>
{
    public static unsafe NoResult Read(CallChannel channel, ref byte* data, byte* end) => default;
}

/// <summary>A result that was copied.</summary>
internal readonly struct ValueResult<T> : IResultReader<T>
{
    public static unsafe T Read(CallChannel channel, ref byte* data, byte* end) => channel.Format.Read<T>(ref data, end, "result");
}

/// <summary>A result that stays in its process.</summary>
internal readonly struct ProxiedResult<T> : IResultReader<T?>
    where T : class
{
    public static unsafe T? Read(CallChannel channel, ref byte* data, byte* end) => ObjectReference.Read<T>(channel, ref data, end);
}

/// <summary>A result that is a stream: the number of its object.</summary>
internal readonly struct StreamResult<T> : IResultReader<StreamReference?>
{
    public static unsafe StreamReference? Read(CallChannel channel, ref byte* data, byte* end) => StreamReference.Read(channel, ref data, end);
}
