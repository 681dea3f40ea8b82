namespace Multiprocessing;

/// <summary>How values cross to other processes, where the default way does not suit.</summary>
public static class ProcessSerialization
{
    /// <summary>
    /// Has values of a type of others (one that cannot carry <see cref="ProcessSerializerAttribute"/>) written and read by <typeparamref name="TSerializer"/>.
    /// Needed only in the process that sends: the message names the serializer.
    /// </summary>
    /// <typeparam name="T">The exact type; derived ones are not meant.</typeparam>
    /// <typeparam name="TSerializer">The serializer.</typeparam>
    /// <exception cref="InvalidOperationException">A value of the type was sent already, another serializer is registered, or its values are copied as bytes.</exception>
    public static void Register<T, TSerializer>()
        where TSerializer : IProcessSerializer<T>, new() => CustomSerializers.Register(typeof(T), typeof(TSerializer));
}
