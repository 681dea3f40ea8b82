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
    private Lazy<ManagerLink>? _place;
    private int _hasLeft;
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
        try
        {
            joins.Put(new ManagerJoin(theirs, Environment.ProcessId, CurrentProcess.Name));
        }
        catch
        {
            _channel.Dispose();
            throw;
        }
        finally
        {
            theirs.Dispose();
        }
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
        catch (Exception exception)
        {
            link.Stop();
            if (exception is not OperationCanceledException)
            {
                // The pipe ends before the reason of a failed start is known.
                await Task.WhenAny(child.Completion, Task.Delay(MaxExitTime, CancellationToken.None)).ConfigureAwait(false);
            }

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

        return Died(_greeting, _name, member, wasSent);
    }

    public override void OnEnded(CallChannel channel)
    {
        if (_child is null)
        {
            LastResort.Queue(EntryPoint.ServiceWork, this, static link => link.Leave(), static (link, _) => link._channel.FailCalls());
            return;
        }

        if (_isStopped || channel.Failure is not null)
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

        // First: it throws if the manager has ended, and then this process may not have the queue any more.
        using var ticket = Root.Share(target.ObjectId);
        writer.Write(_id);
        writer.Write(_name);
        writer.Write(_greeting);
        writer.Write(target.ObjectId);
        writer.Write(target.Contract.GetType().AssemblyQualifiedName!);
        WriteJoins(writer);
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
        var link = FindOrConnect(id, name, joins, greeting);
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

    /// <summary>Returns the link to a manager. The queue becomes the new link's, if there is none yet; otherwise it is disposed.</summary>
    private static ManagerLink FindOrConnect(Guid id, string name, ProcessQueue<ManagerJoin> joins, ManagerGreeting greeting)
    {
        var isNew = false;
        try
        {
            return Links.GetOrAdd(id, _ =>
            {
                Lazy<ManagerLink> place = null!;
                return place = new Lazy<ManagerLink>(() =>
                {
                    isNew = true;
                    return Connect(place, id, name, joins, greeting);
                });
            }).Value;
        }
        finally
        {
            if (!isNew)
            {
                joins.Dispose();
            }
        }
    }

    private static ManagerLink Connect(
        Lazy<ManagerLink> place, Guid id, string name, ProcessQueue<ManagerJoin> joins, ManagerGreeting greeting)
    {
        ManagerLink? link = null;
        try
        {
            EndOfDead();
            if (!Session.Current.Participants.IsAlive(greeting.Participant))
            {
                // Its queue is read by no process: a pipe that is put into it stays until the session ends.
                throw Died(greeting, name, $"{nameof(ProcessManager)}.{nameof(ManagerRootContract.Greet)}", wasSent: false);
            }

            link = new ManagerLink(id, name, joins, null, greeting) { _place = place };
            link.WaitForManager();
            return link;
        }
        catch
        {
            Links.TryRemove(KeyValuePair.Create(id, place)); // the next proxy tries again
            link?.Leave();
            joins.Dispose();
            throw;
        }
    }

    /// <summary>
    /// No thread reads a link without calls, so it does not see the end of its manager. A process that connects to one manager after the other keeps
    /// the links of no more dead ones than have died since it connected last.
    /// </summary>
    private static void EndOfDead()
    {
        foreach (var place in Links.Values)
        {
            if (place.IsValueCreated && place.Value is { _child: null } link && !Session.Current.Participants.IsAlive(link._greeting.Participant))
            {
                LastResort.Queue(
                    EntryPoint.ServiceWork, link._channel, static channel => channel.EndWithProcess(), static (channel, _) => channel.FailCalls());
            }
        }
    }

    private static ServiceDiedException Died(ManagerGreeting manager, string name, string member, bool wasSent)
    {
        var exit = Session.Current.Liveness.FateOf(manager.Participant).ToExitStatus();
        return new ServiceDiedException(manager.ProcessId, name, exit, "", member, wasSent);
    }

    /// <summary>
    /// The manager has ended, or closed the pipe, and this process did not start it: nothing but its proxies here, whose calls throw, refers to the
    /// link any more. A proxy that arrives later connects anew.
    /// </summary>
    private void Leave()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) != 0)
        {
            return;
        }

        if (_place is not null)
        {
            Links.TryRemove(KeyValuePair.Create(_id, _place)); // before a caller learns of the end and tries again
        }

        _channel.FailCalls();
        try
        {
            // A manager that lives on releases it itself: then this process has closed the channel.
            if (!_transport.IsDisposed && _channel.Failure is null)
            {
                _ = _transport.Closed(wasSending: true); // releases what is in messages that the manager has not read
            }
        }
        finally
        {
            _channel.Dispose();
            _joins.Dispose();
        }
    }

    private void WriteJoins(HandleWriter writer)
    {
        try
        {
            Write(_joins, writer);
        }
        catch (ObjectDisposedException) when (_channel.IsEnded)
        {
            throw Died($"{nameof(ProcessManager)}.{nameof(ManagerRootContract.Share)}", wasSent: false);
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
                Leave();
            }
        }
    }

    private static void Write<T>(T part, HandleWriter writer)
        where T : class, IProcessHandle<T> => part.WriteHandle(writer);

    private static T Read<T>(ref HandleReader reader)
        where T : class, IProcessHandle<T> => T.ReadHandle(ref reader);
}
