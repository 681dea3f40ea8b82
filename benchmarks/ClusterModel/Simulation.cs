namespace ClusterModel;

/// <summary>
/// Simulates a caller and its nodes, event by event: a task takes processor time of its caller, waits for a node with room, crosses the network, takes
/// processor time of the node, waits for a worker, runs, and comes back. The rules are those of the scheduler: tasks wait at their caller; a node has
/// as many as workers, and 3 ms of work ahead of each if tasks take at most 10 ms; the node with the fewest tasks for a worker is next.
/// The same seed gives the same outcome.
/// </summary>
internal sealed class Simulation
{
    private const double Ahead = 3e-3;
    private const double LongTask = 10e-3;
    private const double MaxAhead = 128;

    private readonly Setting _setting;
    private readonly Random _random;
    private readonly PriorityQueue<Action<double>, (double At, long Order)> _events = new();
    private readonly Queue<int> _waiting = new();
    private readonly int[] _live;
    private readonly double[][] _workerFreeAt;
    private readonly Processors _caller;
    private readonly Processors[] _nodes;
    private readonly int _room;
    private readonly double _callerTime;
    private readonly double _nodeTime;
    private readonly double _lookTime;
    private readonly double _latency;
    private readonly double _bytes;
    private double _gateFreeAt;
    private double _gateBusy;
    private long _order;
    private int _ended;

    public Simulation(Costs costs, Setting setting, int seed)
    {
        _setting = setting;
        _random = new Random(seed);
        _live = new int[setting.Nodes];
        _workerFreeAt = [.. Enumerable.Range(0, setting.Nodes).Select(_ => new double[setting.Workers])];
        _caller = new Processors(setting.CallerProcessors);
        _nodes = [.. Enumerable.Range(0, setting.Nodes).Select(_ => setting.OneMachine ? _caller : new Processors(setting.Workers))];
        _callerTime = costs.Measured.CallerNanoseconds * 1e-9 / 2;
        _nodeTime = costs.Measured.NodeNanoseconds * 1e-9 / 2;
        _lookTime = costs.LookNanoseconds * 1e-9 * setting.Nodes;
        _latency = Math.Max(10e-6, ((costs.RoundTripNanoseconds * 1e-9) - (2 * _callerTime) - (2 * _nodeTime)) / 2);
        _bytes = costs.Measured.Bytes;
        _room = setting.Workers + (setting.Task <= LongTask ? (int)(Math.Min(Ahead / Math.Max(setting.Task, 1e-9), MaxAhead) * setting.Workers) : 0);
    }

    /// <summary>Runs a number of tasks.</summary>
    public Outcome Run(int tasks)
    {
        for (var i = 0; i < Math.Min(tasks, _setting.InFlight); i++)
        {
            At(0, Submit);
        }

        var submitted = Math.Min(tasks, _setting.InFlight);
        var now = 0.0;
        while (_ended < tasks && _events.TryDequeue(out var next, out var key))
        {
            now = key.At;
            var before = _ended;
            next(now);
            for (var i = before; i < _ended && submitted < tasks; i++)
            {
                submitted++;
                At(now, Submit);
            }
        }

        var speed = _ended / now;
        return new Outcome(
            speed, _setting.Nodes * _setting.Workers / Math.Max(_setting.Task, 1e-9), _caller.Busy / (now * _caller.Count), _gateBusy / now, speed * _bytes);
    }

    private void Submit(double now) => At(_caller.Run(now, _callerTime), later =>
    {
        _waiting.Enqueue(0);
        Dispatch(later);
    });

    private void Dispatch(double now)
    {
        while (_waiting.Count > 0 && Next() is >= 0 and var node)
        {
            _waiting.Dequeue();
            _live[node]++;
            _gateFreeAt = Math.Max(now, _gateFreeAt) + _lookTime;
            _gateBusy += _lookTime;
            At(_gateFreeAt + _latency, arrived => Arrive(arrived, node));
        }
    }

    /// <summary>The node with the fewest tasks, if it has room: all have the same number of workers.</summary>
    private int Next()
    {
        var best = 0;
        for (var i = 1; i < _live.Length; i++)
        {
            best = _live[i] < _live[best] ? i : best;
        }

        return _live[best] < _room ? best : -1;
    }

    private void Arrive(double now, int node) => At(_nodes[node].Run(now, _nodeTime), ready =>
    {
        var free = _workerFreeAt[node];
        var first = Array.IndexOf(free, free.Min());
        free[first] = Math.Max(ready, free[first]) + (_setting.Task * (0.8 + (0.4 * _random.NextDouble())));
        At(free[first], done => At(_nodes[node].Run(done, _nodeTime) + _latency, replied => Reply(replied, node)));
    });

    private void Reply(double now, int node) => At(_caller.Run(now, _callerTime), later =>
    {
        _live[node]--;
        _ended++;
        Dispatch(later);
    });

    private void At(double time, Action<double> what) => _events.Enqueue(what, (time, _order++));
}
