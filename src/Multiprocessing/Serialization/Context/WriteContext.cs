namespace Multiprocessing;

/// <summary>
/// What a message is written for, if not for any reader: the caller of <see cref="ValueSerializer"/> passes it with the value. The default value is a
/// message that any process may read.
/// </summary>
/// <param name="links">What happens to objects that report or log to this process; <see langword="null"/> if they are treated like any other
/// object.</param>
/// <param name="taskToken">The one live token that crosses, because the reader has a token that is cancelled together with it.</param>
internal readonly struct WriteContext(LinkPolicy? links, CancellationToken taskToken = default)
{
    private readonly CancellationToken _taskToken = taskToken;

    public LinkPolicy? Links { get; } = links;

    /// <summary>Returns whether this is the token that the reader has, too.</summary>
    public bool IsTaskToken(CancellationToken token) => token.CanBeCanceled && token == _taskToken;
}
