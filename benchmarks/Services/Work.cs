namespace Services;

/// <summary>What one call does.</summary>
internal enum Kind
{
    /// <summary>One number there and another back; the caller blocks.</summary>
    Call,

    /// <summary>The same; the caller awaits.</summary>
    Await,

    /// <summary>The same, with <see cref="Work.Window"/> calls of each client on their way.</summary>
    Pipelined,

    /// <summary>An array of <see cref="Work.Size"/> bytes there and back; the caller blocks.</summary>
    Echo,

    /// <summary>One call whose result is a stream of numbers; the figure is for each item.</summary>
    Stream,
}

/// <summary>One line of the table: what each contender does in its turn.</summary>
/// <param name="Name">The name for <c>--only</c>.</param>
/// <param name="What">What is measured, as shown in the table.</param>
/// <param name="Kind">What one call does.</param>
/// <param name="Size">The size of an array in bytes.</param>
/// <param name="Clients">The number of clients that call at the same time.</param>
internal sealed record Work(string Name, string What, Kind Kind, int Size = 0, int Clients = 1)
{
    /// <summary>The number of items that a stream yields to all clients together, or 0 if the time alone limits a turn.</summary>
    public int Items { get; init; }

    /// <summary>The number of calls that each client has on their way. All clients together have 256.</summary>
    public int Window => Kind is Kind.Pipelined ? 256 / Clients : 1;
}
