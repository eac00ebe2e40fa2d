package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReleaseTest {

  @BeforeAll
  static void installed() {
    Installed.assume(ReleaseTest.class);
  }

  /** Those of 2.2.2 and 3.5.0 a C program printed, compiled with their headers. */
  @Test
  void whatTryingFindsIsWhatTheHeaderSays() {
    try (var threads = new Steppers(1)) {
      var release = Release.of(threads);
      var found =
          List.of(
              release.time(),
              release.qpos(),
              release.qvel(),
              release.accelerationWarmStart(),
              release.ctrl(),
              release.xpos(),
              release.cfrcExt());
      switch (MujocoLibrary.version()) {
        case "2.2.2" -> {
          assertThat(found).containsExactly(40336L, 40376L, 40384L, 40400L, 40408L, 40480L, 41168L);
          assertThat(release.marginsAdd()).isFalse();
        }
        case "3.5.0" -> {
          assertThat(found)
              .containsExactly(161632L, 161672L, 161680L, 161704L, 161720L, 161824L, 162424L);
          assertThat(release.marginsAdd()).isTrue();
        }
        default -> assertThat(found).doesNotHaveDuplicates();
      }
      assertThat(release.toString())
          .as("all of them")
          .isEqualTo(Release.of(threads).toString())
          .doesNotContain("=0,");
    }
  }
}
