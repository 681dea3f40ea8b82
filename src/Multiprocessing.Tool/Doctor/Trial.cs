using System.Diagnostics;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Doctor;

/// <summary>Does what a program does: starts a child, which takes an item from one queue and puts its answer into another.</summary>
internal static class Trial
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Finding Run()
    {
        try
        {
            var watch = Stopwatch.StartNew();
            using var questions = new ProcessQueue<int>(capacity: 4);
            using var answers = new ProcessQueue<int>(capacity: 4);
            var options = new ChildProcessOptions { Name = "trial", StandardError = ProcessOutput.Discard };
            using var child = ChildProcess.Run(Answer, questions, answers, options);
            questions.Put(Environment.ProcessId, Patience);
            var answer = answers.Get(Patience);
            var first = watch.Elapsed;
            if (!child.Join(Patience) || answer != Environment.ProcessId + 1)
            {
                return Failed($"the child answered {answer} and is {child.State}");
            }

            return Finding.Ok("trial", "trial", $"a child started and answered over shared memory in {Quantity.Duration(first)}");
        }
        catch (Exception exception) when (exception is ProcessStartException or QueueEmptyException or QueueFullException or QueueAbandonedException
            or ProcessDiedException or InsufficientSharedMemoryException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return Failed(exception.Message);
        }
    }

    private static Finding Failed(string reason) => Finding.Problem(
        "trial", "trial", $"Starting a child failed: {reason}",
        "See the other findings; if there are none, a sandbox may refuse a system call: 'strace -f -o trace mp doctor' and search for EPERM and "
            + "ENOSYS.");

    private static void Answer(ProcessQueue<int> questions, ProcessQueue<int> answers) => answers.Put(questions.Get(Patience) + 1, Patience);
}
