namespace Multiprocessing;

/// <summary>One value in the process of a manager. Each member is one atomic step there.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedValue&lt;decimal> total = manager.Value(0m);
/// using var child = ChildProcess.Run(() => total.Update(sum => sum + 1.5m));
/// child.Wait();
/// Console.WriteLine(total.Value); // 1.5
/// </code>
/// </example>
public interface IManagedValue<T> : IManagedObject
{
    /// <summary>Gets or sets the value.</summary>
    T Value { get; set; }

    /// <summary>Returns the value.</summary>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>The value.</returns>
    ValueTask<T> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Sets the value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>A task that ends when the value is set.</returns>
    ValueTask SetAsync(T value, CancellationToken cancellationToken = default);

    /// <summary>Sets the value and returns the one before.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The value before the call.</returns>
    T Exchange(T value);

    /// <summary>Sets the value if it equals <paramref name="comparand"/>, by the default comparer of the type in the manager.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The value that is replaced.</param>
    /// <returns>The value before the call.</returns>
    T CompareExchange(T value, T comparand);

    /// <summary>Changes the value in one atomic read-modify-write: no change of another process is lost.</summary>
    /// <param name="update">
    /// Returns the new value. With a <see cref="ProcessManager"/> it crosses to the manager and runs there once, under the lock of the object: it
    /// must be short, and must not use managed objects. With a <see cref="ManagerClient"/> it runs in the calling process, and runs again if the
    /// value was changed meanwhile, so it must have no side effects.
    /// </param>
    /// <returns>The new value.</returns>
    T Update(Func<T, T> update);

    /// <inheritdoc cref="Update"/>
    /// <param name="update">Returns the new value. It may run several times with a <see cref="ManagerClient"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<T> UpdateAsync(Func<T, T> update, CancellationToken cancellationToken = default);
}
