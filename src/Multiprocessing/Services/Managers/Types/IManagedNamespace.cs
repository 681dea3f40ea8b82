namespace Multiprocessing;

/// <summary>Values with names in the process of a manager, each of a type of its own. Each member is one atomic step there.</summary>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedNamespace settings = manager.Namespace();
/// settings.Set("name", "Bob");
/// settings.Set("age", 42);
/// using var child = ChildProcess.Run(() => settings.Update&lt;int>("age", age => age + 1));
/// child.Wait();
/// Console.WriteLine(settings); // Namespace(age=43, name="Bob")
/// </code>
/// </example>
public interface IManagedNamespace : IManagedObject
{
    /// <summary>Returns a value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">There is no value with the name.</exception>
    /// <exception cref="InvalidCastException">The value has another type.</exception>
    T Get<T>(string name);

    /// <inheritdoc cref="Get"/>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask<T> GetAsync<T>(string name, CancellationToken cancellationToken = default);

    /// <summary>Returns a value if it is there.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="InvalidCastException">The value has another type.</exception>
    bool TryGet<T>(string name, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value);

    /// <summary>Sets a value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    void Set<T>(string name, T value);

    /// <inheritdoc cref="Set"/>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    ValueTask SetAsync<T>(string name, T value, CancellationToken cancellationToken = default);

    /// <summary>Changes a value in one atomic read-modify-write: no change of another process is lost.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="update">
    /// Returns the new value. It runs in the calling process, and runs again if the value was changed meanwhile, so it must have no side effects.
    /// </param>
    /// <returns>The new value.</returns>
    /// <exception cref="KeyNotFoundException">There is no value with the name.</exception>
    /// <exception cref="InvalidCastException">The value has another type.</exception>
    T Update<T>(string name, Func<T, T> update);

    /// <summary>Removes a value.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it was there.</returns>
    bool Remove(string name);

    /// <summary>Returns the names of all values, in order.</summary>
    /// <returns>The names.</returns>
    string[] GetNames();

    /// <summary>Returns a copy of all values, taken in one step.</summary>
    /// <returns>The copy.</returns>
    Dictionary<string, object?> GetValue();
}
