package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReleaseTest {

  @BeforeAll
  static void installed() {
    Installed.assume(ReleaseTest.class);
  }

  /** Of 2.2.2 the offsets were also read off the header by hand. */
  @Test
  void whatTryingFindsIsWhatTheHeaderSays() {
    try (var threads = new Steppers(1)) {
      var release = Release.of(threads);
      if (MujocoLibrary.version().equals("2.2.2")) {
        assertThat(release.time()).isEqualTo(40336);
        assertThat(release.qpos()).isEqualTo(40376);
        assertThat(release.qvel()).isEqualTo(40384);
        assertThat(release.accelerationWarmStart()).isEqualTo(40400);
        assertThat(release.ctrl()).isEqualTo(40408);
        assertThat(release.xpos()).isEqualTo(40480);
        assertThat(release.cfrcExt()).isEqualTo(41168);
        assertThat(release.marginsAdd()).isFalse();
      }
      assertThat(release.toString())
          .as("all of them")
          .isEqualTo(Release.of(threads).toString())
          .doesNotContain("=0,");
    }
  }
}
