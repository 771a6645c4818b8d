namespace Distributed.Keops.Grains;

/// <summary>How a silo's lane is, for those who watch over it.</summary>
public interface ILaneState
{
    /// <summary>How long it has had work without getting a unit of it done; zero while it has none.</summary>
    TimeSpan Silence { get; }
}
