namespace Multiprocessing;

/// <summary>How values cross to other processes, where the default way does not suit.</summary>
/// <example>
/// <code>
/// ProcessSerialization.Register&lt;Money, MoneySerializer>(); // at the start of the program
/// using var child = ChildProcess.Run(price => new Money(price.Amount * 2), new Money(9.95m));
/// Console.WriteLine((await child.Result).Amount); // 19.90
/// </code>
/// </example>
public static class ProcessSerialization
{
    /// <summary>
    /// Has values of a type of others (one that cannot carry <see cref="ProcessSerializerAttribute"/>) written and read by <typeparamref name="TSerializer"/>.
    /// The registration reaches the other processes of the program by itself: with the body that a child or a pool's worker is given, and with the messages that hold such values.
    /// A class may be read by any process. A struct must not have been sent or received without the serializer by the process that reads it, which throws otherwise.
    /// </summary>
    /// <typeparam name="T">The exact type; derived ones are not meant.</typeparam>
    /// <typeparam name="TSerializer">The serializer.</typeparam>
    /// <exception cref="InvalidOperationException">
    /// A value of the type was sent already, another serializer is registered, the serializer exists in this process only, or no object can be exactly of the type: an interface, an abstract class.
    /// Numbers, enums and strings always cross as they are.
    /// </exception>
    /// <remarks>Thread-safe. Call it when the program begins.</remarks>
    public static void Register<T, TSerializer>()
        where TSerializer : IProcessSerializer<T>, new() => CustomSerializers.Register(typeof(T), typeof(TSerializer));
}
