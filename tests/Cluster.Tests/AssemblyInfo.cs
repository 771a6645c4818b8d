// A cluster takes all of a small machine.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
// They start when the first test asks for them.
[assembly: AssemblyFixture(typeof(Distributed.Keops.Cluster.Tests.RedisCluster))]
[assembly: AssemblyFixture(typeof(Distributed.Keops.Cluster.Tests.PostgresCluster))]
