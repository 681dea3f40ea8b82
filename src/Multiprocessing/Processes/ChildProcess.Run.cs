namespace Multiprocessing;

public partial class ChildProcess
{
    /// <summary>Starts a process that runs a body.</summary>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run(Action body, ChildProcessOptions? options = null) =>
        new ChildProcess(new ActionCall(Required(body)), options).Started();

    /// <summary>Starts a process that runs a body with 1 argument.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1>(Action<T1> body, T1 argument1, ChildProcessOptions? options = null) =>
        new ChildProcess(new ActionCall<T1>(Required(body), argument1), options).Started();

    /// <summary>Starts a process that runs a body with 2 arguments.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1, T2>(Action<T1, T2> body, T1 argument1, T2 argument2, ChildProcessOptions? options = null) =>
        new ChildProcess(new ActionCall<T1, T2>(Required(body), argument1, argument2), options).Started();

    /// <summary>Starts a process that runs a body with 3 arguments.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1, T2, T3>(Action<T1, T2, T3> body, T1 argument1, T2 argument2, T3 argument3, ChildProcessOptions? options = null) =>
        new ChildProcess(new ActionCall<T1, T2, T3>(Required(body), argument1, argument2, argument3), options).Started();

    /// <summary>Starts a process that runs a body with 4 arguments.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="argument4">The fourth argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1, T2, T3, T4>(Action<T1, T2, T3, T4> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, ChildProcessOptions? options = null) =>
        new ChildProcess(new ActionCall<T1, T2, T3, T4>(Required(body), argument1, argument2, argument3, argument4), options).Started();

    /// <summary>Starts a process that runs an asynchronous body.</summary>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run(Func<Task> body, ChildProcessOptions? options = null) =>
        new ChildProcess(new AsyncActionCall(Required(body)), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 1 argument.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1>(Func<T1, Task> body, T1 argument1, ChildProcessOptions? options = null) =>
        new ChildProcess(new AsyncActionCall<T1>(Required(body), argument1), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 2 arguments.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1, T2>(Func<T1, T2, Task> body, T1 argument1, T2 argument2, ChildProcessOptions? options = null) =>
        new ChildProcess(new AsyncActionCall<T1, T2>(Required(body), argument1, argument2), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 3 arguments.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1, T2, T3>(Func<T1, T2, T3, Task> body, T1 argument1, T2 argument2, T3 argument3, ChildProcessOptions? options = null) =>
        new ChildProcess(new AsyncActionCall<T1, T2, T3>(Required(body), argument1, argument2, argument3), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 4 arguments.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="argument4">The fourth argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess Run<T1, T2, T3, T4>(Func<T1, T2, T3, T4, Task> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, ChildProcessOptions? options = null) =>
        new ChildProcess(new AsyncActionCall<T1, T2, T3, T4>(Required(body), argument1, argument2, argument3, argument4), options).Started();

    /// <summary>Starts a process that runs a body and hands back its result.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<TResult>(Func<TResult> body, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new FunctionCall<TResult>(Required(body)), options).Started();

    /// <summary>Starts a process that runs a body with 1 argument and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, TResult>(Func<T1, TResult> body, T1 argument1, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new FunctionCall<T1, TResult>(Required(body), argument1), options).Started();

    /// <summary>Starts a process that runs a body with 2 arguments and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, T2, TResult>(Func<T1, T2, TResult> body, T1 argument1, T2 argument2, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new FunctionCall<T1, T2, TResult>(Required(body), argument1, argument2), options).Started();

    /// <summary>Starts a process that runs a body with 3 arguments and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> body, T1 argument1, T2 argument2, T3 argument3, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new FunctionCall<T1, T2, T3, TResult>(Required(body), argument1, argument2, argument3), options).Started();

    /// <summary>Starts a process that runs a body with 4 arguments and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="argument4">The fourth argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new FunctionCall<T1, T2, T3, T4, TResult>(Required(body), argument1, argument2, argument3, argument4), options).Started();

    /// <summary>Starts a process that runs an asynchronous body and hands back its result.</summary>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<TResult>(Func<Task<TResult>> body, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new AsyncFunctionCall<TResult>(Required(body)), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 1 argument and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, TResult>(Func<T1, Task<TResult>> body, T1 argument1, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new AsyncFunctionCall<T1, TResult>(Required(body), argument1), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 2 arguments and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, T2, TResult>(Func<T1, T2, Task<TResult>> body, T1 argument1, T2 argument2, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new AsyncFunctionCall<T1, T2, TResult>(Required(body), argument1, argument2), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 3 arguments and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, T2, T3, TResult>(Func<T1, T2, T3, Task<TResult>> body, T1 argument1, T2 argument2, T3 argument3, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new AsyncFunctionCall<T1, T2, T3, TResult>(Required(body), argument1, argument2, argument3), options).Started();

    /// <summary>Starts a process that runs an asynchronous body with 4 arguments and hands back its result.</summary>
    /// <typeparam name="T1">Type of the first argument.</typeparam>
    /// <typeparam name="T2">Type of the second argument.</typeparam>
    /// <typeparam name="T3">Type of the third argument.</typeparam>
    /// <typeparam name="T4">Type of the fourth argument.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="argument1">The first argument; crosses at the start.</param>
    /// <param name="argument2">The second argument; crosses at the start.</param>
    /// <param name="argument3">The third argument; crosses at the start.</param>
    /// <param name="argument4">The fourth argument; crosses at the start.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <returns>The process, started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process.</exception>
    public static ChildProcess<TResult> Run<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, Task<TResult>> body, T1 argument1, T2 argument2, T3 argument3, T4 argument4, ChildProcessOptions? options = null) =>
        new ChildProcess<TResult>(new AsyncFunctionCall<T1, T2, T3, T4, TResult>(Required(body), argument1, argument2, argument3, argument4), options).Started();
}
