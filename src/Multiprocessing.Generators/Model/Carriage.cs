namespace Multiprocessing.Generators;

/// <summary>How a parameter or a result crosses.</summary>
internal enum Carriage
{
    /// <summary>By the serializer: a copy, or a handle of the library.</summary>
    Value,

    /// <summary>The object stays in its process; the other side gets a proxy.</summary>
    Proxied,

    /// <summary>An <c>IProgress&lt;T&gt;</c>, whose reports are calls back.</summary>
    Progress,

    /// <summary>An <c>IAsyncEnumerable&lt;T&gt;</c>, read item by item.</summary>
    Stream,

    /// <summary>The <c>CancellationToken</c> of the call; nothing is written for it.</summary>
    Token,

    /// <summary>The first parameter of an event handler, <c>object sender</c>: the handler gets its proxy; nothing is written for it.</summary>
    Sender,
}
