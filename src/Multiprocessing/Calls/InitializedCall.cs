namespace Multiprocessing;

/// <summary>
/// A call with an initializer that the child runs before the body. Both cross as one object, so that objects that both refer to stay one object.
/// </summary>
internal sealed class InitializedCall(Action initializer, ChildCall call) : ChildCall
{
    [PathName("option 'Initializer'")]
    private readonly Action _initializer = initializer;

    [PathName(null)]
    private readonly ChildCall _call = call;

    public override Delegate Body => _call.Body;

    public override void Initialize() => _initializer();

    public override void Run(MessageBuffer result, Action? ended = null) => _call.Run(result, ended);
}
