namespace Multiprocessing;

/// <summary>A call with the code of <see cref="ChildStartup"/> before it. They cross as one object, so what they share stays one object.</summary>
internal sealed class StartupCall(Func<IDisposable?>[] starts, ChildCall call) : ChildCall
{
    [PathName("ChildStartup")]
    private readonly Func<IDisposable?>[] _starts = starts;

    [PathName(null)]
    private readonly ChildCall _call = call;

    public override Delegate Body => _call.Body;

    public override void Initialize()
    {
        ChildStartup.Run(_starts);
        _call.Initialize();
    }

    public override void Run(MessageBuffer result, Action? ended = null) => _call.Run(result, ended);
}
