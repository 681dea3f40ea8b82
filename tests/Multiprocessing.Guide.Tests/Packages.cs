using System.Reflection;

namespace Multiprocessing.Guide.Tests;

/// <summary>The packages whose public types have examples here and are listed in the reference.</summary>
internal static class Packages
{
    public static readonly IReadOnlyList<Assembly> Assemblies =
    [
        typeof(ChildProcess).Assembly, typeof(ConsoleProgress).Assembly, typeof(ProcessSupervisorBuilder).Assembly, typeof(ProgramReport).Assembly,
        typeof(DashboardServer).Assembly, typeof(SharedTensor<>).Assembly, typeof(SharedRecordBatch).Assembly, typeof(ClusterPool).Assembly,
    ];

    public static IEnumerable<Type> PublicTypes => Assemblies.SelectMany(static assembly => assembly.GetExportedTypes());
}
