namespace Multiprocessing;

/// <summary>The manager's side of the channel to one client: its objects, and what it holds.</summary>
internal sealed class ManagedClientOwner(
    ManagedClient client, ManagedObjects objects, Action<ManagedClientOwner>? stop, Action<ManagedClientOwner>? ended)
    : ChannelOwner, IManagedClientOwner
{
    public ManagedClient Client => client;

    public ManagedObjects Objects => objects;

    public CallChannel? Channel { get; set; }

    public override string Description => client.ToString();

    public override Exception Died(string member, bool wasSent) =>
        new ConnectionClosedException($"The call of {member} found the connection of {client} closed.", client.ProcessId);

    public override void OnExported(Exported exported)
    {
        if (exported is ExportedObject { Id: not 0 } added)
        {
            objects.Add(added);
        }
    }

    public override void OnReleased(Exported exported)
    {
        if (exported is ExportedObject { Id: not 0 } released)
        {
            objects.Remove(released.Id);
        }
    }

    /// <summary>Only the process that started the manager may stop it.</summary>
    public override void OnStop() => stop?.Invoke(this);

    public override void OnEnding() => client.BeginEnd();

    public override void OnEnded(CallChannel channel)
    {
        // On another thread: releasing what the client held runs other clients' waits.
        LastResort.Queue(
            EntryPoint.ServiceWork, this,
            static owner =>
            {
                owner.Client.End();
                owner.Channel?.FailCalls();
                owner.Ended();
            },
            static (_, _) => { });
    }

    private void Ended() => ended?.Invoke(this);
}
