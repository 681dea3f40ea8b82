namespace Multiprocessing;

/// <summary>The event in the manager's process.</summary>
internal sealed class EventReferent : IReferent<IManagedEvent>
{
    private readonly Lock _gate = new();
    private readonly WaitingRoom _room;
    private readonly EventResetMode _mode;
    private bool _isSet;

    public EventReferent(EventResetMode mode, bool isSet)
    {
        _mode = Enum.IsDefined(mode) ? mode : throw new ArgumentOutOfRangeException(nameof(mode), mode, "The mode is not defined.");
        _isSet = isSet;
        _room = new WaitingRoom(_gate);
    }

    public bool IsSet
    {
        get
        {
            lock (_gate)
            {
                return _isSet;
            }
        }
    }

    public void Set()
    {
        lock (_gate)
        {
            _isSet = true;
            _room.Pulse();
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _isSet = false;
        }
    }

    public ValueTask<bool> WaitAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _room.Wait(TryPass, deadline, cancellationToken);
        }
    }

    public override string ToString() => IsSet ? "set" : "not set";

    private bool TryPass()
    {
        var passes = _isSet;
        if (_mode == EventResetMode.AutoReset)
        {
            _isSet = false;
        }

        return passes;
    }
}
