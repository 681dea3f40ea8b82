using System.Runtime.CompilerServices;

namespace Multiprocessing;

// Adding children.
public sealed partial class ProcessSupervisor
{
    /// <summary>Adds a process that runs <paramref name="body"/> and starts it as soon as the children before it run.</summary>
    /// <param name="name">The name, unique in this supervisor; also the name of the process.</param>
    /// <param name="body">
    /// The code that the process runs. Each life receives new copies of what it captures, and the same locks, queues and shared memory. When the
    /// supervisor stops it, <see cref="CurrentProcess.Stopping"/> is cancelled.
    /// </param>
    /// <param name="options">Restart policy, grace, health probe; <see langword="null"/> for the defaults.</param>
    /// <returns>The child.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or belongs to another child.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotSerializableException">
    /// The body cannot be sent to another process; the message names the path to the object.
    /// </exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed.</exception>
    public SupervisedChild AddBody(string name, Action body, SupervisedChildOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return AddBody(name, options, process => new ChildProcess(body, process));
    }

    /// <inheritdoc cref="AddBody(string, Action, SupervisedChildOptions)"/>
    [OverloadResolutionPriority(1)]
    public SupervisedChild AddBody(string name, Func<Task> body, SupervisedChildOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return AddBody(name, options, process => new ChildProcess(body, process));
    }

    /// <inheritdoc cref="AddBody(string, Action, SupervisedChildOptions)"/>
    public SupervisedChild AddBody(string name, Func<ValueTask> body, SupervisedChildOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return AddBody(name, options, process => new ChildProcess(body, process));
    }

    /// <summary>Adds a process that is created anew for each life, and starts it as soon as the children before it run.</summary>
    /// <param name="name">The name, unique in this supervisor.</param>
    /// <param name="create">
    /// Creates the process, for instance by <c>ChildProcess.Run</c> with arguments. It runs in this process, at the beginning of each life. An
    /// exception of it counts as a death.
    /// </param>
    /// <param name="options">
    /// Restart policy, grace, health probe; <see langword="null"/> for the defaults. <see cref="SupervisedChildOptions.Process"/> has no effect.
    /// </param>
    /// <returns>The child.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or belongs to another child.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed.</exception>
    public SupervisedChild AddProcess(string name, Func<ChildProcess> create, SupervisedChildOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Add(name, new SupervisedBody(create, isSameBody: false), options);
    }

    /// <summary>Adds a pool, which is created anew when it breaks.</summary>
    /// <param name="name">The name, unique in this supervisor.</param>
    /// <param name="create">Creates the pool. It runs in this process, at the beginning of each life. An exception of it counts as a death.</param>
    /// <param name="options">
    /// Restart policy, grace, health probe; <see langword="null"/> for the defaults. <see cref="SupervisedChildOptions.Process"/> has no effect.
    /// </param>
    /// <returns>The pool under supervision, from which to get the one that runs.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or belongs to another child.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed.</exception>
    public SupervisedPool AddPool(string name, Func<ProcessPool> create, SupervisedChildOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        var life = new PoolLife(create);
        return new SupervisedPool(life, Add(name, life, options));
    }

    /// <summary>
    /// Adds a supervisor as a child. If it gives up, this supervisor handles that as the death of a child: it starts all children of the nested one
    /// again, or gives up too.
    /// </summary>
    /// <param name="name">The name, unique in this supervisor; also the name of the nested one, if its options have none.</param>
    /// <param name="options">Strategy, limits and back-off of the nested supervisor; <see langword="null"/> for the defaults.</param>
    /// <param name="childOptions">
    /// Restart policy and grace of the nested supervisor as a child of this one; <see langword="null"/> for the defaults. Unless the grace was set,
    /// it has no limit: the children of the nested supervisor have their own.
    /// </param>
    /// <returns>
    /// The nested supervisor, to add children to. It is the same object through all its lives, and so are its children.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or belongs to another child.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed.</exception>
    public ProcessSupervisor AddSupervisor(string name, ProcessSupervisorOptions? options = null, SupervisedChildOptions? childOptions = null)
    {
        var validated = (options ?? new ProcessSupervisorOptions { TimeProvider = _core.Options.TimeProvider }).ToValidated();
        validated.Name ??= name;
        var core = new SupervisorCore(validated, isRoot: false);
        try
        {
            var child = Add(
                name, new NestedSupervisor(core),
                (childOptions ?? new SupervisedChildOptions()).WithDefaults(RestartPolicy.Permanent, Timeout.InfiniteTimeSpan));
            return new ProcessSupervisor(core, child);
        }
        catch
        {
            core.BeginStop(isFinal: true);
            throw;
        }
    }

    internal SupervisedChild Add(string name, ISupervisedChild child, SupervisedChildOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            return new SupervisedChild(_core, _core.Add(name, child, (options ?? new SupervisedChildOptions()).ToValidated()));
        }
        catch
        {
            child.Release();
            throw;
        }
    }

    private SupervisedChild AddBody(string name, SupervisedChildOptions? options, Func<ChildProcessOptions, ChildProcess> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var process = (options?.Process ?? new ChildProcessOptions()).ToValidated();
        process.Name ??= name;
        return Add(name, new SupervisedBody(() => create(process), isSameBody: true), options);
    }
}
