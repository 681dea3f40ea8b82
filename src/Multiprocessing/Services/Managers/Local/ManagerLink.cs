using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// The connection of this process to one manager: a pipe, which is opened when the first proxy of the manager arrives, and stays until this process
/// or the manager ends. Thread-safe.
/// </summary>
internal sealed class ManagerLink : ChannelOwner
{
    private static readonly ConcurrentDictionary<Guid, Lazy<ManagerLink>> Links = new();

    /// <summary>
    /// How often a process that waits for the first reply checks whether the manager is alive: its end of the pipe may still be in the queue.
    /// </summary>
    private static readonly TimeSpan AliveCheck = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a manager that this process has started may live on after it has closed the channel, before the calls fail.</summary>
    private static readonly TimeSpan MaxExitTime = TimeSpan.FromSeconds(1);

    private readonly Guid _id;
    private readonly string _name;
    private readonly ProcessQueue<ManagerJoin> _joins;
    private readonly ChildProcess? _child;
    private readonly MessageTransport _transport;
    private readonly CallChannel _channel;
    private ManagerGreeting _greeting;
    private volatile bool _isStopped;

    private ManagerLink(Guid id, string name, ProcessQueue<ManagerJoin> joins, ChildProcess? child, ManagerGreeting greeting)
    {
        _id = id;
        _name = name;
        _joins = joins;
        _child = child;
        _greeting = greeting;
        var (mine, theirs) = ProcessPipe.Create(new ProcessPipeOptions { DisplayName = name });
        _transport = mine.Transport;
        _channel = new CallChannel(_transport, SameBuildPayload.Instance, UnlimitedScheduler.Instance, this);
        Root = new ManagerRootProxy(new ObjectTarget(_channel, ManagerRootContract.Instance, 0));
        joins.Put(new ManagerJoin(theirs, Environment.ProcessId, CurrentProcess.Name));
        theirs.Dispose();
    }

    public ManagerRootProxy Root { get; }

    public CallChannel Channel => _channel;

    public int ProcessId => _greeting.ProcessId;

    public string Name => _name;

    public override string Description => $"manager '{_name}' (pid {ProcessId})";

    /// <summary>Connects the process that has started the manager.</summary>
    public static async Task<ManagerLink> StartAsync(
        Guid id, string name, ProcessQueue<ManagerJoin> joins, ChildProcess child, CancellationToken cancellationToken)
    {
        var link = new ManagerLink(id, name, joins, child, new ManagerGreeting(child.Id, default));

        // A process that ends before it takes the connection out of the queue closes nothing.
        child.WhenEnded(() => LastResort.Queue(
            EntryPoint.ServiceWork, link._channel, static channel => channel.EndWithProcess(), static (channel, _) => channel.FailCalls()));
        try
        {
            link._greeting = await link.Root.GreetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            link.Stop();
            if (child.Completion.Exception?.InnerException is ProcessStartException failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            throw;
        }

        Links[id] = new Lazy<ManagerLink>(link);
        return link;
    }

    /// <summary>The manager is being stopped by this process: calls throw <see cref="ObjectDisposedException"/> from now on.</summary>
    public void AskToStop()
    {
        _isStopped = true;
        _channel.SendStop();
    }

    public void Stop()
    {
        _isStopped = true;
        Links.TryRemove(_id, out _);
        _channel.Dispose();
        _channel.FailCalls();
    }

    public override Exception Died(string member, bool wasSent)
    {
        if (_isStopped)
        {
            return new ObjectDisposedException(
                nameof(ProcessManager), $"{member} was called, but the manager '{_name}' was stopped by this process.");
        }

        if (_channel.Failure is { } failure)
        {
            return new ConnectionClosedException(
                $"{member} was called, but this process has closed its channel to {Description}, because a message could not be read or sent: "
                + failure.Message,
                ProcessId,
                innerException: failure);
        }

        if (_child?.ExitStatus is { } exit)
        {
            return new ServiceDiedException(ProcessId, _name, exit, _child.StandardError, member, wasSent);
        }

        var closed = _transport.Closed(wasSending: !wasSent);
        return new ServiceDiedException(ProcessId, _name, closed.ExitStatus ?? new ExitStatus(), "", member, wasSent);
    }

    public override void OnEnded(CallChannel channel)
    {
        if (_child is null || _isStopped || channel.Failure is not null)
        {
            LastResort.Queue(EntryPoint.ServiceWork, this, static link => link.FailCalls(), static (link, _) => link._channel.FailCalls());
            return;
        }

        // The exit status and the last output are complete when the child's end is known.
        _child.WhenEnded(channel.FailCalls);
        LibraryClock.After(MaxExitTime, static link => ((ManagerLink)link!).FailCallsIfAlive(), this);
    }

    /// <summary>Writes the handle of a proxy of this manager.</summary>
    public void WriteHandle(HandleWriter writer, ProxyBase proxy)
    {
        var target = proxy.Target;
        target.ThrowIfReleased("item");
        writer.Write(_id);
        writer.Write(_name);
        writer.Write(_greeting);
        writer.Write(target.ObjectId);
        writer.Write(target.Contract.GetType().AssemblyQualifiedName!);
        Write(_joins, writer);
        using var ticket = Root.Share(target.ObjectId);
        Write(ticket, writer);
        GC.KeepAlive(proxy);
    }

    /// <summary>Reads the handle of a proxy: this process becomes a client of the manager.</summary>
    public static ProxyBase ReadHandle(ref HandleReader reader)
    {
        var id = reader.Read<Guid>();
        var name = reader.ReadString();
        var greeting = reader.Read<ManagerGreeting>();
        var objectId = reader.Read<long>();
        var contractType = reader.ReadString();
        var joins = Read<ProcessQueue<ManagerJoin>>(ref reader);

        // This process holds the ticket until the manager has counted its reference.
        using var ticket = Read<ProcessEvent>(ref reader);
        var isNew = false;
        var link = Links.GetOrAdd(
            id, _ => new Lazy<ManagerLink>(() =>
            {
                isNew = true;
                return Connect(id, name, joins, greeting);
            })).Value;
        if (!isNew)
        {
            joins.Dispose();
        }

        var contract = ContractTypes.Find(contractType);
        return link._channel.Imports.Receive(objectId, link.Root.Attach(objectId), contract);
    }

    private void FailCalls()
    {
        if (_channel.Failure is not null)
        {
            Links.TryRemove(_id, out _); // the next proxy connects again
            _channel.Dispose(); // the manager releases what this process held
        }

        _channel.FailCalls();
    }

    private void FailCallsIfAlive()
    {
        if (_child!.IsAlive)
        {
            LastResort.Queue(EntryPoint.ServiceWork, _channel, static channel => channel.FailCalls(), static (channel, _) => channel.FailCalls());
        }
    }

    private static ManagerLink Connect(Guid id, string name, ProcessQueue<ManagerJoin> joins, ManagerGreeting greeting)
    {
        try
        {
            var link = new ManagerLink(id, name, joins, null, greeting);
            link.WaitForManager();
            return link;
        }
        catch
        {
            Links.TryRemove(id, out _); // the next proxy tries again
            throw;
        }
    }

    /// <summary>
    /// Waits for the first reply. A manager that has died never takes the connection out of the queue, which is no end of a stream.
    /// </summary>
    private void WaitForManager()
    {
        var participants = Session.Current.Participants;
        var reply = Root.GreetAsync(CancellationToken.None).AsTask();
        while (!reply.Wait(AliveCheck))
        {
            if (!participants.IsAlive(_greeting.Participant))
            {
                _channel.Dispose();
                _channel.FailCalls();
            }
        }
    }

    private static void Write<T>(T part, HandleWriter writer)
        where T : class, IProcessHandle<T> => part.WriteHandle(writer);

    private static T Read<T>(ref HandleReader reader)
        where T : class, IProcessHandle<T> => T.ReadHandle(ref reader);
}
